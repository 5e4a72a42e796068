import FoundationEssentials

/// The fields that the events we use have in `data` or `broadcast`.
struct EventPayload: Decodable {
  var connectionID = ""
  var serverVersion = ""
  var post = ""
  var reaction = ""
  var channel = ""
  var channelID = ""
  var channelName = ""
  var channelDisplayName = ""
  var channelType = ""
  var senderName = ""
  var teamID = ""
  var userID = ""
  var mentions: [String]?
  var user = NamedRecord()
  var team = NamedRecord()

  private enum Key: String, CodingKey {
    case post, reaction, channel, mentions, user, team
    case connectionID = "connection_id"
    case serverVersion = "server_version"
    case channelID = "channel_id"
    case channelName = "channel_name"
    case channelDisplayName = "channel_display_name"
    case channelType = "channel_type"
    case senderName = "sender_name"
    case teamID = "team_id"
    case userID = "user_id"
  }

  init() {}

  /// The id of a post that cannot be read; empty if that cannot be read either.
  var postID: String {
    let id = JSONScanner.members(of: Array(post.utf8))?.first { $0.key == "id" }?.value
    return id.flatMap { try? WireJSON.decode(String.self, from: $0) } ?? ""
  }

  init(from decoder: any Decoder) throws {
    let details = try decoder.container(keyedBy: Key.self)
    connectionID = details.text(.connectionID)
    serverVersion = details.text(.serverVersion)
    post = details.text(.post)
    reaction = details.text(.reaction)
    channel = details.text(.channel)
    channelID = details.text(.channelID)
    channelName = details.text(.channelName)
    channelDisplayName = details.text(.channelDisplayName)
    channelType = details.text(.channelType)
    senderName = details.text(.senderName)
    teamID = details.text(.teamID)
    userID = details.text(.userID)
    if details.contains(.user) { user = NamedRecord(in: details, .user) }
    if details.contains(.team) { team = NamedRecord(in: details, .team) }
    // A list written as a string, as most values here.
    mentions = try? JSONDecoder().decode([String].self, from: Data(details.text(.mentions).utf8))
  }
}
