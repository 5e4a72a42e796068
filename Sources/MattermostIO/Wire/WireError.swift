import Core

/// Why a frame was skipped.
package struct WireError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong with it.
  package enum Code: String, Sendable {
    /// The frame is no JSON object.
    case notJSON = "not-json"
    /// The frame has neither an event's name nor a reply's number.
    case nameless
    /// The post inside the frame is missing or no JSON object.
    case brokenPost = "broken-post"
    /// The post has no id, no user or no channel.
    case incompletePost = "incomplete-post"
  }

  /// What is wrong with the frame.
  package var code: Code
  /// The event's name, where there is one.
  package var event: String
  /// The frame's sequence number, where there is one: a skipped frame still counts.
  package var sequence: Int64?
  /// The id of the post that it is about; empty if that cannot be read.
  package var post = ""
  /// The id of the channel that it is about; empty if that cannot be read.
  package var channel = ""

  /// One sentence for the log, without anything that a user wrote.
  package var description: String {
    let what =
      switch code {
      case .notJSON: "it is no JSON object"
      case .nameless: "it names no event"
      case .brokenPost: "its post cannot be read"
      case .incompletePost: "its post has no id, no user or no channel"
      }
    let about = [("post", post), ("channel", channel)].filter { !$0.1.isEmpty }
      .map { "\($0) \($1.singleLine(atMost: Limits.idScalarsShown))" }.joined(separator: ", ")
    return "skipped a frame of Mattermost's event socket: \(what)\(about.isEmpty ? "" : " (\(about))")"
  }
}
