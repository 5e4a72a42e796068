package import Core
import FoundationEssentials

/// A frame of the event socket: an event, or the reply to an action.
package struct EventFrame: Sendable, Equatable {
  /// The number of the event in the sequence of the connection, from 0; `nil` for a reply.
  package var sequence: Int64?
  package var event: ServerEvent

  package init(sequence: Int64?, event: ServerEvent) {
    self.sequence = sequence
    self.event = event
  }

  /// Decodes a frame: first its envelope, and the payload only of events that the gateway uses.
  package init(_ text: String) throws(WireError) {
    let envelope: Envelope
    do {
      envelope = try WireJSON.decode(Envelope.self, from: Array(text.utf8))
    } catch {
      throw WireError(code: .notJSON, event: "", sequence: nil)
    }
    guard let name = envelope.event else {
      guard let reply = envelope.reply else {
        throw WireError(code: .nameless, event: "", sequence: envelope.sequence)
      }
      self.init(sequence: nil, event: .statusReply(to: reply, status: envelope.status))
      return
    }
    do {
      self.init(sequence: envelope.sequence, event: try ServerEvent(name, envelope.data, envelope.broadcast))
    } catch let code {
      throw WireError(
        code: code, event: name, sequence: envelope.sequence, post: envelope.data.postID,
        channel: envelope.broadcast.channelID)
    }
  }
}

/// The reason why a frame was skipped.
package struct WireError: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Code: String, Sendable, Error {
    /// The frame is not a JSON object.
    case notJSON = "not-json"
    /// The frame has neither the name of an event nor the number of a reply.
    case nameless
    /// The post of the frame is missing, or not a JSON object.
    case brokenPost = "broken-post"
    /// The post has no id, no user or no channel.
    case incompletePost = "incomplete-post"
  }

  package var code: Code
  /// The name of the event; empty if it has none.
  package var event: String
  /// The number of the frame, because a skipped frame still counts.
  package var sequence: Int64?
  /// The post, or `nil` if its id cannot be read.
  package var post: PostID?
  /// The channel, or `nil` if its id cannot be read.
  package var channel: ChannelID?

  /// A sentence for the log, without any text of a user.
  package var description: String {
    let reason =
      switch code {
      case .notJSON: "it is not a JSON object"
      case .nameless: "it has no event"
      case .brokenPost: "its post cannot be read"
      case .incompletePost: "its post has no id, no user or no channel"
      }
    let ids = [("post", post?.rawValue), ("channel", channel?.rawValue)]
      .compactMap { kind, id in id.map { "\(kind) \($0.singleLine(atMost: Limits.idScalarsShown))" } }
      .joined(separator: ", ")
    return "skipped a frame of Mattermost's event socket: \(reason)\(ids.isEmpty ? "" : " (\(ids))")"
  }
}

/// The part of a frame that all events and replies have.
private struct Envelope: Decodable {
  var event: String?
  var sequence: Int64?
  var reply: Int64?
  var status: String
  var data = EventPayload()
  var broadcast = EventPayload()

  private enum Key: String, CodingKey {
    case event, data, broadcast, status
    case sequence = "seq"
    case reply = "seq_reply"
  }

  init(from decoder: any Decoder) throws {
    let envelope = try decoder.container(keyedBy: Key.self)
    let name = envelope.text(.event)
    event = name.isEmpty ? nil : name
    // A number that no server reaches by counting is ignored, because the next number follows from it.
    sequence = envelope.contains(.sequence) ? envelope.integer(.sequence) : nil
    if let number = sequence, !(0...Limits.sequenceMax).contains(number) { sequence = nil }
    reply = envelope.contains(.reply) ? envelope.integer(.reply) : nil
    status = envelope.text(.status)
    if ServerEvent.isUsed(name) {
      data = (try? envelope.decode(EventPayload.self, forKey: .data)) ?? EventPayload()
      broadcast = (try? envelope.decode(EventPayload.self, forKey: .broadcast)) ?? EventPayload()
    }
  }
}

/// The `data` or the `broadcast` of a frame, with the fields of all events that the gateway uses.
struct EventPayload: Decodable {
  var connectionID = ""
  var serverVersion = ""
  var post = ""
  var reaction = ""
  var channel = ""
  var channelID: ChannelID?
  var channelName = ""
  var channelDisplayName = ""
  var channelType = ""
  var senderName = ""
  var teamID: TeamID?
  var userID: UserID?
  var mentions: [UserID]?
  var user = NamedRecord<UserID>()
  var team = NamedRecord<TeamID>()

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

  init(from decoder: any Decoder) throws {
    let payload = try decoder.container(keyedBy: Key.self)
    connectionID = payload.text(.connectionID)
    serverVersion = payload.text(.serverVersion)
    post = payload.text(.post)
    reaction = payload.text(.reaction)
    channel = payload.text(.channel)
    channelID = payload.optionalID(.channelID)
    channelName = payload.text(.channelName)
    channelDisplayName = payload.text(.channelDisplayName)
    channelType = payload.text(.channelType)
    senderName = payload.text(.senderName)
    teamID = payload.optionalID(.teamID)
    userID = payload.optionalID(.userID)
    if payload.contains(.user) { user = NamedRecord(in: payload, .user) }
    if payload.contains(.team) { team = NamedRecord(in: payload, .team) }
    // Like most values here, the list is JSON in a string.
    mentions = try? JSONDecoder().decode([UserID].self, from: Data(payload.text(.mentions).utf8))
  }

  /// The id of a post that cannot be decoded; `nil` if that cannot be read either.
  var postID: PostID? {
    let id = JSONScanner.members(of: Array(post.utf8))?.first { $0.key == "id" }?.value
    return id.flatMap { try? WireJSON.decode(String.self, from: $0) }.flatMap { PostID(nonEmpty: $0) }
  }

  /// A user or a team.
  struct NamedRecord<ID: ServerAssignedID>: Decodable, Equatable {
    var id = ID("")
    var name = ""
    var isBot = false

    private enum Key: String, CodingKey {
      case id, name, username
      case isBot = "is_bot"
    }

    fileprivate init() {}

    /// Decodes a record, which servers send as JSON or as JSON in a string. Anything else is an empty record.
    fileprivate init<Outer: CodingKey>(in payload: KeyedDecodingContainer<Outer>, _ key: Outer) {
      let record =
        (try? payload.decode(NamedRecord.self, forKey: key))
        ?? (try? JSONDecoder().decode(NamedRecord.self, from: Data(payload.text(key).utf8)))
      self = record ?? NamedRecord()
    }

    init(from decoder: any Decoder) throws {
      let record = try decoder.container(keyedBy: Key.self)
      id = record.id(.id)
      name = record.contains(.username) ? record.text(.username) : record.text(.name)
      isBot = record.flag(.isBot)
    }
  }
}
