/// A text that must never be shown: a token or a key. Printing it, in whatever way, prints `<redacted>`.
public struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The text itself, for the one place that sends it.
  public let exposed: String

  /// Wraps a text.
  public init(_ text: String) { exposed = text }

  /// Always `<redacted>`.
  public var description: String { "<redacted>" }
  /// Always `<redacted>`.
  public var debugDescription: String { description }
  /// Shows nothing inside, so that `dump` has nothing to print.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
