package import Core
import FoundationEssentials

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
  /// Returns whether the payload of an event is decoded.
  static func isUsed(_ name: String) -> Bool {
    switch name {
    case "hello", "posted", "post_edited", "post_deleted", "reaction_added", "user_added", "user_removed",
      "added_to_team", "user_updated", "update_team":
      true
    default: isChannelChange(name)
    }
  }

  private static func isChannelChange(_ name: String) -> Bool {
    switch name {
    case "channel_created", "channel_updated", "channel_converted", "channel_deleted", "channel_restored",
      "direct_added", "group_added":
      true
    default: false
    }
  }

  init(_ name: String, _ data: EventPayload, _ broadcast: EventPayload) throws(WireError.Code) {
    switch name {
    case "hello":
      self = .hello(connectionID: data.connectionID, serverVersion: data.serverVersion)
    case "posted":
      self = .posted(
        PostedEvent(
          post: try Self.post(in: data), channelName: data.channelName, channelDisplayName: data.channelDisplayName,
          channelType: data.channelType, senderName: data.senderName, teamID: data.teamID, mentions: data.mentions))
    case "post_edited":
      self = .postEdited(try Self.post(in: data))
    case "post_deleted":
      self = .postDeleted(try Self.post(in: data))
    case "reaction_added":
      let reaction = Self.reaction(in: data.reaction)
      self = .reactionAdded(emoji: reaction.emoji, post: reaction.post, user: reaction.user)
    case "user_added":
      self = .userAdded(user: data.userID ?? "", channel: broadcast.channelID ?? "")
    case "user_removed":
      // The removed user receives the channel, the others receive the user.
      self = .userRemoved(
        user: data.userID ?? broadcast.userID ?? "",
        channel: data.channelID ?? broadcast.channelID ?? "")
    case "added_to_team":
      self = .teamJoined(user: data.userID ?? "", team: data.teamID ?? "")
    case "user_updated":
      self = .userUpdated(user: data.user.id, name: data.user.name, isBot: data.user.isBot)
    case "update_team": self = .teamUpdated(team: data.team.id, name: data.team.name)
    case let name where Self.isChannelChange(name):
      self = .channelChanged(channel: data.channelID ?? broadcast.channelID ?? Self.id(in: data.channel) ?? "")
    default:
      self = .other(name: name)
    }
  }

  private static func post(in data: EventPayload) throws(WireError.Code) -> Post {
    guard let post = try? WireJSON.decode(Post.self, from: Array(data.post.utf8)) else { throw .brokenPost }
    guard post.hasIDs else { throw .incompletePost }
    return post
  }

  /// Decodes a reaction; one that cannot be decoded belongs to no post.
  private static func reaction(in json: String) -> Reaction {
    (try? JSONDecoder().decode(Reaction.self, from: Data(json.utf8))) ?? Reaction()
  }

  private struct Reaction: Decodable {
    var emoji = ""
    var post: PostID = ""
    var user: UserID = ""

    private enum CodingKeys: String, CodingKey {
      case emoji = "emoji_name"
      case post = "post_id"
      case user = "user_id"
    }
  }

  private static func id(in json: String) -> ChannelID? {
    struct Identified: Decodable { var id: String }
    return (try? JSONDecoder().decode(Identified.self, from: Data(json.utf8))).flatMap { ChannelID(nonEmpty: $0.id) }
  }
}

extension Post {
  fileprivate var hasIDs: Bool { ![id.rawValue, userID.rawValue, channelID.rawValue].contains("") }
}
