public import Vocabulary

/// One event as a line of JSON, with the keys of a test's `given`.
///
/// A recorded event has further keys: `post`, `user_id`, `channel_id`, `team_id` and `root` are the server's ids, `body`
/// is the message without the mention that opens it, and `text: null` says that the text was not kept; `command` is then
/// the name of the command that it began with, behind its prefix.
public struct EventLine: Sendable, Equatable {
  /// The event. Where its text was not kept, `text` is empty and `body` at most the command's name.
  public var event: Event
  /// The team's name, of which an event knows only the id; nil where it is not known.
  public var teamName: String?
  /// Whether the event's text is known.
  public var isTextKept: Bool

  /// Puts a line together.
  public init(_ event: Event, teamName: String? = nil, isTextKept: Bool = true) {
    self.event = event
    self.teamName = teamName
    self.isTextKept = isTextKept
  }
}
