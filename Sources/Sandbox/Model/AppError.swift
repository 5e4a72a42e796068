import Core

/// An error of Mattermost's application layer, which calls the type the same.
///
/// Ids and messages are the recorded ones. Those marked "unrecorded" follow the published sources of version 6.7.
struct AppError: Error, Sendable, Equatable {
  let status: Int
  let id: String
  let message: String

  static let archivedChannel = AppError(
    status: 400, id: "api.post.create_post.can_not_post_to_deleted.error", message: "Can not post to deleted channel.")
  static let badRoot = AppError(
    status: 400, id: "api.post.create_post.root_id.app_error", message: "Invalid RootId parameter.")
  /// Unrecorded.
  static let channelMissing = AppError(
    status: 404, id: "app.channel.get.existing.app_error", message: "Unable to find the existing channel.")
  /// Unrecorded.
  static let channelNameMissing = AppError(
    status: 404, id: "app.channel.get_by_name.missing.app_error", message: "Channel does not exist.")
  static let failing = AppError(
    status: 500, id: "app.post.save.app_error", message: "Unable to save the Post.")
  /// Unrecorded.
  static let fileMissing = AppError(
    status: 404, id: "app.file_info.get.app_error", message: "Unable to get the file info.")
  static let forbidden = AppError(
    status: 403, id: "api.context.permissions.app_error", message: "You do not have the appropriate permissions.")
  static let messageTooLong = AppError(
    status: 400, id: "model.post.is_valid.msg.app_error", message: "Invalid message.")
  /// Unrecorded.
  static let postMissing = AppError(status: 404, id: "app.post.get.app_error", message: "Unable to get the post.")
  /// Unrecorded.
  static let rootInOtherChannel = AppError(
    status: 500, id: "api.post.create_post.channel_root_id.app_error",
    message: "Invalid ChannelId for RootId parameter.")
  /// Unrecorded.
  static let teamMissing = AppError(
    status: 404, id: "app.team.get_by_name.missing.app_error", message: "Unable to find the existing team.")
  /// Unrecorded.
  static let tooManyChannels = AppError(
    status: 400, id: "store.sql_channel.save_channel.limit.app_error",
    message: "You've reached the limit of the number of allowed channels.")
  /// Unrecorded.
  static let tooManyReactions = AppError(
    status: 400, id: "app.reaction.save.save.too_many_reactions",
    message: "Reaction limit has been reached for this post.")
  static let unauthorized = AppError(
    status: 401, id: "api.context.session_expired.app_error",
    message: "Invalid or expired session, please login again.")
  static let upgradeFailed = AppError(
    status: 500, id: "api.web_socket.connect.upgrade.app_error", message: "Failed to upgrade websocket connection.")
  /// Unrecorded.
  static let userMissing = AppError(
    status: 404, id: "app.user.missing_account.const", message: "Unable to find the user.")
  static let usernameMissing = AppError(
    status: 404, id: "app.user.get_by_username.app_error",
    message: "Unable to find an existing account matching your username for this team. "
      + "This team may require an invite from the team owner to join.")
  /// Unrecorded, like the other errors of webhooks.
  static let webhookChannelMissing = AppError(
    status: 404, id: "web.incoming_webhook.channel.app_error", message: "Couldn't find the channel.")
  static let webhookForbidden = AppError(
    status: 403, id: "web.incoming_webhook.permissions.app_error", message: "Inappropriate channel permissions.")
  static let webhookMissing = AppError(
    status: 400, id: "web.incoming_webhook.invalid.app_error", message: "Invalid webhook.")
  static let webhookUnreadable = AppError(
    status: 400, id: "web.incoming_webhook.parse.app_error", message: "Unable to parse incoming data.")
  static let webhookUserMissing = AppError(
    status: 400, id: "web.incoming_webhook.user.app_error", message: "Couldn't find the user.")
  static let webhookWithoutText = AppError(
    status: 400, id: "web.incoming_webhook.text.app_error", message: "No text specified.")

  /// Seen under load and not recorded: the server fails to look up the channel.
  static let channelInvalid = AppError(
    status: 400, id: "api.context.invalid_body_param.app_error",
    message: "Invalid or missing post.channel_id in request body.")

  static func invalidBody(_ parameter: String) -> AppError {
    AppError(
      status: 400, id: "api.context.invalid_body_param.app_error",
      message: "Invalid or missing \(parameter) in request body.")
  }

  /// Unrecorded.
  static func invalidURL(_ parameter: String) -> AppError {
    AppError(
      status: 400, id: "api.context.invalid_url_param.app_error",
      message: "Invalid or missing \(parameter) parameter in request URL.")
  }

  func json(requestID: String) -> JSON {
    [
      "id": .string(id), "message": .string(message), "detailed_error": "", "request_id": .string(requestID),
      "status_code": .int(status),
    ]
  }
}
