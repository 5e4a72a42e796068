import Core

/// Quotes text of a user in a message: in backticks, on one line, cut after 60 Unicode scalars.
package func quoted(_ text: some StringProtocol) -> String {
  let shown = text.unicodeScalars.prefix(Limits.quotedScalarsMax)
  let cut = shown.endIndex < text.unicodeScalars.endIndex ? "…" : ""
  return "`" + String(String.UnicodeScalarView(shown)).printable + cut + "`"
}

/// Lists quoted names in a message: `` `a`, `b` and `c` ``.
package func listed(_ names: some Collection<String>, _ conjunction: String = "and", limit: Int = 12) -> String {
  enumeration(of: names.lazy.map { quoted($0) }, conjunction: conjunction, limit: limit)
}

/// Joins phrases: `a, b and c`; beyond the limit, `a, b and 3 more`.
///
/// - Parameters:
///   - conjunction: the word before the last phrase; `nil` puts the separator there.
///   - limit: the largest number of phrases that are written out.
package func enumeration(
  of phrases: some Collection<String>, separator: String = ", ", conjunction: String? = nil, limit: Int = .max
) -> String {
  let shown = Array(phrases.prefix(limit))
  if phrases.count > shown.count {
    return shown.joined(separator: separator) + " \(conjunction ?? "and") \(phrases.count - shown.count) more"
  }
  guard let conjunction, let last = shown.last, shown.count > 1 else { return shown.joined(separator: separator) }
  return shown.dropLast().joined(separator: separator) + " \(conjunction) " + last
}

extension StringProtocol {
  /// The text on one line, with escapes for the characters that a terminal would interpret or hide.
  package var printable: String { escaped(for: .terminal) }

  /// The width of the text in a terminal, in columns.
  package var columns: Int {
    // Most texts are printable ASCII, one column a byte.
    utf8.allSatisfy { (0x20..<0x7F).contains($0) } ? utf8.count : unicodeScalars.reduce(0) { $0 + $1.columns }
  }
}

extension Unicode.Scalar {
  /// The width of the scalar in a terminal: 0 for combining marks, 2 for wide characters, else 1.
  ///
  /// The ranges of Unicode's TR 11, coarsely: terminals differ in the exact widths.
  package var columns: Int {
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    if properties.isEmojiPresentation { return 2 }
    switch value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }
}
