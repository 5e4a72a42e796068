/// A token or a key. Printing it, interpolating it or dumping it shows `<redacted>`.
package struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The text itself, for code that sends it.
  package let exposed: String

  fileprivate static let redacted = "<redacted>"

  package init(_ text: String) { exposed = text }

  package var description: String { Self.redacted }
  package var debugDescription: String { description }
  /// Has no children, so that `dump` prints nothing of the text.
  package var customMirror: Mirror { Mirror(self, children: []) }
}

extension Secret {
  /// Its words that may be keys, such as the second one of `Bearer KEY`. Shorter ones occur in any sentence.
  package var keyWords: [String] {
    exposed.split(separator: " ").filter { $0.count >= Limits.keyLengthMin }.map(String.init)
  }
}

extension String {
  /// Returns the text with `<redacted>` in place of secrets, which programs and servers may quote. Empty secrets are
  /// ignored.
  package func redacting(_ secrets: [String]) -> String {
    secrets.filter { !$0.isEmpty }.reduce(self) {
      $0.split(separator: $1, omittingEmptySubsequences: false).joined(separator: Secret.redacted)
    }
  }
}
