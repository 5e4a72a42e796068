package import Core

/// A frame of the event socket: an event, or the reply to an action.
package struct EventFrame: Sendable, Equatable {
  /// The number of the event in the sequence of the connection, from 0; `nil` for a reply.
  package var sequence: Int64?
  package var event: ServerEvent

  package init(sequence: Int64?, event: ServerEvent) {
    self.sequence = sequence
    self.event = event
  }

  /// Decodes a frame; the payload only of events that the gateway uses.
  package init(_ text: String) throws(WireError) {
    guard let frame = WireJSON(parsing: text), frame.isObject else {
      throw WireError(code: .notJSON, event: "", sequence: nil)
    }
    let sequence = Self.sequence(frame["seq"])
    let name = frame["event"].text
    guard !name.isEmpty else {
      let reply = frame["seq_reply"]
      guard !reply.isMissing else { throw WireError(code: .nameless, event: "", sequence: sequence) }
      self.init(sequence: nil, event: .statusReply(to: reply.integer, status: frame["status"].text))
      return
    }
    let (data, broadcast) = (frame["data"], frame["broadcast"])
    do {
      self.init(sequence: sequence, event: try ServerEvent(name, data, broadcast))
    } catch let code {
      throw WireError(
        code: code, event: name, sequence: sequence, post: Self.postID(inBroken: data["post"].text),
        channel: ChannelID(nonEmpty: broadcast["channel_id"].text))
    }
  }

  /// Returns the number of a frame, or `nil` if there is none. One that no server reaches by counting is ignored, because
  /// the next number follows from it.
  private static func sequence(_ json: WireJSON) -> Int64? {
    guard !json.isMissing, (0...Limits.sequenceMax).contains(json.integer) else { return nil }
    return json.integer
  }

  /// Returns the id of a post that cannot be decoded, or `nil` if that cannot be read either.
  private static func postID(inBroken post: String) -> PostID? {
    let id = JSONScanner.members(of: Array(post.utf8))?.first { $0.key == "id" }?.value
    return id.flatMap { WireJSON(parsing: $0)?.string }.flatMap { PostID(nonEmpty: $0) }
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
