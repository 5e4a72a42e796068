/// A text that must never be shown: a token or a key. Printing it, in whatever way, prints `<redacted>`.
package struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The text itself, for the one place that sends it.
  package let exposed: String

  /// What stands where a secret was.
  fileprivate static let redacted = "<redacted>"

  /// Wraps a text.
  package init(_ text: String) { exposed = text }

  /// Always `<redacted>`.
  package var description: String { Self.redacted }
  /// Always `<redacted>`.
  package var debugDescription: String { description }
  /// Shows nothing inside, so that `dump` has nothing to print.
  package var customMirror: Mirror { Mirror(self, children: []) }
}

extension String {
  /// The text with `<redacted>` in the place of secrets, as a program or a server may have quoted them. An empty secret
  /// stands nowhere.
  package func redacting(_ secrets: [String]) -> String {
    secrets.filter { !$0.isEmpty }.reduce(self) {
      $0.split(separator: $1, omittingEmptySubsequences: false).joined(separator: Secret.redacted)
    }
  }
}
