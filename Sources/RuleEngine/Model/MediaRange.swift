/// Which media types are meant: one (`application/pdf`), a kind of them (`image/*`), or all (`*/*`).
///
/// See "Accept" in RFC 9110, section 12.5.1; parameters have no part in it.
package struct MediaRange: Sendable, Equatable {
  /// As it is written, in small letters.
  package let text: String

  /// Reads a range; nil where it is none.
  package init?(_ text: String) {
    let parts = text.lowercased().split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy(Self.isToken), parts[0] != "*" || parts[1] == "*" else { return nil }
    self.text = text.lowercased()
  }

  private init(known text: String) { self.text = text }

  /// Every type.
  package static let any = MediaRange(known: "*/*")

  /// Whether a media type, without parameters and in small letters, is one of them.
  package func contains(_ type: String) -> Bool {
    if self == .any || text == type { return true }
    return text.hasSuffix("/*") && type.hasPrefix(text.dropLast())
  }

  private static func isToken(_ part: Substring) -> Bool {
    if part == "*" { return true }
    return !part.isEmpty
      && part.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "!#$&-^_.+".utf8.contains(byte)
        }
      }
  }
}
