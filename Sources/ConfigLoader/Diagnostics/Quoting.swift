/// The user's text in a message: in backticks, on one line, not longer than a message can bear.
package func quoted(_ text: some StringProtocol) -> String {
  let shown = text.unicodeScalars.prefix(Limits.quotedScalarsMax)
  let cut = shown.endIndex < text.unicodeScalars.endIndex ? "…" : ""
  return "`" + shown.printable + cut + "`"
}

extension StringProtocol {
  /// The text on one line, with escapes for what a terminal would not print.
  package var printable: String { unicodeScalars.printable }
}

extension Sequence<Unicode.Scalar> {
  /// The scalars on one line. A joiner behind ASCII joins nothing: it makes one name look like another.
  fileprivate var printable: String {
    var text = ""
    var last: Unicode.Scalar?
    for scalar in self {
      text += scalar.isJoiner && last?.isASCII ?? true ? scalar.escape : scalar.printable
      last = scalar
    }
    return text
  }
}

extension Unicode.Scalar {
  /// The scalar itself, or an escape where a terminal would not print it or would print what follows in another order.
  var printable: String {
    switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: escape
    // One that looks like a plain space and is none; the full-width one shows that it is.
    case .spaceSeparator where self != " " && self != "\u{3000}": escape
    // Of the marks that show nothing, emoji and scripts are joined by some; the others hide or turn the text around.
    case .format where !isJoiner && value < 0xE0000: escape
    default: String(self)
    }
  }

  /// The columns that a terminal gives the scalar: wide ones take two, those that join another none.
  ///
  /// Unicode's TR 11 in coarse ranges: exact widths differ between terminals anyway.
  var columns: Int {
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

  fileprivate var isJoiner: Bool { self == "\u{200C}" || self == "\u{200D}" }

  fileprivate var escape: String { "\\u{" + String(value, radix: 16, uppercase: true) + "}" }
}

/// Names for a message: `a`, `b` and `c`.
func listed(_ names: some Collection<String>, _ word: String = "and", atMost count: Int = 12) -> String {
  let shown = names.prefix(count).map { quoted($0) }
  if names.count > shown.count { return shown.joined(separator: ", ") + ", …" }
  guard let last = shown.last, shown.count > 1 else { return shown.first ?? "" }
  return shown.dropLast().joined(separator: ", ") + " \(word) " + last
}
