package import Core

/// An event of the event socket.
///
/// See "WebSocket" in <https://developers.mattermost.com/api-documentation/>.
package enum ServerEvent: Sendable, Equatable {
  /// The connection is authenticated, and events follow.
  case hello(connectionID: String, serverVersion: String)
  case posted(PostedEvent)
  case postEdited(Post)
  case postDeleted(Post)
  case reactionAdded(emoji: String, post: PostID, user: UserID)
  /// A user joined a channel.
  case userAdded(user: UserID, channel: ChannelID)
  /// A user left a channel.
  case userRemoved(user: UserID, channel: ChannelID)
  /// A user joined a team.
  case teamJoined(user: UserID, team: TeamID)
  /// A channel was created, changed, archived, restored, or opened with the bot.
  case channelChanged(channel: ChannelID)
  /// An account changed: its user name and whether it is a bot, as they are now.
  case userUpdated(user: UserID, name: String, isBot: Bool)
  /// A team changed: its name as it is now.
  case teamUpdated(team: TeamID, name: String)
  /// The reply to an action, by its number.
  case statusReply(to: Int64, status: String)
  /// Any other event.
  case other(name: String)
}

/// A new post, with the fields that the server sends beside it.
package struct PostedEvent: Sendable, Equatable {
  package var post: Post
  /// The channel's name in URLs.
  package var channelName: String
  package var channelDisplayName: String
  /// `O` public, `P` private, `D` direct, `G` group.
  package var channelType: String
  /// The author's user name after an `@`, or the name that a webhook's post shows.
  package var senderName: String
  /// The team; `nil` for direct and group channels.
  package var teamID: TeamID?
  /// The users that the server counts as mentioned, or `nil` if it does not report them.
  package var mentions: [UserID]?

  package init(
    post: Post, channelName: String, channelDisplayName: String = "", channelType: String, senderName: String,
    teamID: TeamID? = nil, mentions: [UserID]? = nil
  ) {
    self.post = post
    self.channelName = channelName
    self.channelDisplayName = channelDisplayName
    self.channelType = channelType
    self.senderName = senderName
    self.teamID = teamID
    self.mentions = mentions
  }
}

// MARK: Decoding

extension ServerEvent {
  /// Decodes an event from the `data` and the `broadcast` of its frame.
  init(_ name: String, _ data: WireJSON, _ broadcast: WireJSON) throws(WireError.Code) {
    switch name {
    case "hello":
      self = .hello(connectionID: data["connection_id"].text, serverVersion: data["server_version"].text)
    case "posted":
      self = .posted(
        PostedEvent(
          post: try Self.post(in: data), channelName: data["channel_name"].text,
          channelDisplayName: data["channel_display_name"].text, channelType: data["channel_type"].text,
          senderName: data["sender_name"].text, teamID: TeamID(nonEmpty: data["team_id"].text),
          mentions: data["mentions"].embedded.flatMap { [String]($0) }?.map { UserID($0) }))
    case "post_edited":
      self = .postEdited(try Self.post(in: data))
    case "post_deleted":
      self = .postDeleted(try Self.post(in: data))
    case "reaction_added":
      // One that cannot be decoded belongs to no post.
      let reaction = data["reaction"].embedded
      self = .reactionAdded(
        emoji: reaction?["emoji_name"].text ?? "", post: PostID(reaction?["post_id"].text ?? ""),
        user: UserID(reaction?["user_id"].text ?? ""))
    case "user_added":
      self = .userAdded(user: UserID(data["user_id"].text), channel: ChannelID(broadcast["channel_id"].text))
    case "user_removed":
      // The removed user receives the channel, the others receive the user.
      self = .userRemoved(
        user: UserID(Self.first(data["user_id"], broadcast["user_id"])),
        channel: ChannelID(Self.first(data["channel_id"], broadcast["channel_id"])))
    case "added_to_team":
      self = .teamJoined(user: UserID(data["user_id"].text), team: TeamID(data["team_id"].text))
    case "user_updated":
      let user = Self.record(data["user"])
      self = .userUpdated(
        user: UserID(user["id"].text), name: user["username"].text, isBot: user["is_bot"].flag)
    case "update_team":
      let team = Self.record(data["team"])
      self = .teamUpdated(team: TeamID(team["id"].text), name: team["name"].text)
    case "channel_created", "channel_updated", "channel_converted", "channel_deleted", "channel_restored",
      "direct_added", "group_added":
      let channel = Self.record(data["channel"])
      self = .channelChanged(
        channel: ChannelID(Self.first(data["channel_id"], broadcast["channel_id"], channel["id"])))
    default:
      self = .other(name: name)
    }
  }

  private static func post(in data: WireJSON) throws(WireError.Code) -> Post {
    guard let post = data["post"].embedded.flatMap(Post.init) else { throw .brokenPost }
    guard post.hasIDs else { throw .incompletePost }
    return post
  }

  /// Returns an object that servers send as JSON or as JSON in a string.
  private static func record(_ json: WireJSON) -> WireJSON { json.embedded ?? json }

  /// Returns the first text that is not empty, or the empty text.
  private static func first(_ texts: WireJSON...) -> String { texts.lazy.map(\.text).first { !$0.isEmpty } ?? "" }
}

extension Post {
  fileprivate var hasIDs: Bool { ![id.rawValue, userID.rawValue, channelID.rawValue].contains("") }
}
