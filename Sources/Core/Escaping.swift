/// The rules by which a format escapes the characters that have a meaning in it.
///
/// Text for Mattermost's Markdown has an escaper of its own, `escapedMarkdown(after:)`: the meaning of its marks
/// depends on the text around them.
package struct Escaping: Sendable {
  /// Returns the escaped form of a character, or `nil` if it is not escaped. The second argument is the character
  /// before it.
  fileprivate let replacement: @Sendable (Unicode.Scalar, _ previous: Unicode.Scalar?) -> String?

  /// A line for a terminal: `\u{1B}` for characters that a terminal would not print, or that hide, turn or imitate
  /// others.
  package static let terminal = Escaping { scalar, previous in
    // A joiner after ASCII joins nothing: it makes one name look like another.
    let isMisplacedJoiner = scalar.isJoiner && previous?.isASCII ?? true
    return isMisplacedJoiner || scalar.isUnprintable ? scalar.escape : nil
  }

  /// Between double quotes, with backslashes.
  package static let quoted = Escaping { scalar, _ in
    switch scalar {
    case "\\": "\\\\"
    case "\"": "\\\""
    case "\n": "\\n"
    default: nil
    }
  }

  /// A cell of a Markdown table.
  package static let tableCell = Escaping { scalar, _ in
    switch scalar {
    case "|": "\\|"
    case "\n": " "
    default: nil
    }
  }

  /// Text and attributes of XML 1.0. A line break becomes a reference, since an attribute would lose it; characters
  /// that XML cannot contain (section 2.2) are escaped as for a terminal.
  package static let xml = Escaping { scalar, _ in
    switch scalar {
    case "&": "&amp;"
    case "<": "&lt;"
    case ">": "&gt;"
    case "\"": "&quot;"
    case "\n": "&#10;"
    case "\u{FFFE}", "\u{FFFF}": "\u{FFFD}"
    default: scalar.isUnprintable ? scalar.escape : nil
    }
  }
}

extension StringProtocol {
  /// Returns the text with the characters escaped that have a meaning in a format.
  package func escaped(for escaping: Escaping) -> String {
    let scalars = unicodeScalars
    var text = String.UnicodeScalarView()
    var previous: Unicode.Scalar?
    var copied = scalars.startIndex
    for index in scalars.indices {
      let scalar = scalars[index]
      if let replacement = escaping.replacement(scalar, previous) {
        text.append(contentsOf: scalars[copied..<index])
        text.append(contentsOf: replacement.unicodeScalars)
        copied = scalars.index(after: index)
      }
      previous = scalar
    }
    // Most texts have nothing to escape.
    if copied == scalars.startIndex { return String(self) }
    text.append(contentsOf: scalars[copied...])
    return String(text)
  }
}

extension Unicode.Scalar {
  fileprivate var isJoiner: Bool { self == "\u{200C}" || self == "\u{200D}" }

  fileprivate var escape: String { "\\u{" + String(value, radix: 16, uppercase: true) + "}" }

  /// True if a terminal would not print the character, or would print the text after it in another order.
  fileprivate var isUnprintable: Bool {
    // ASCII first: looking up a Unicode property takes longer.
    if isASCII { return value < 0x20 || value == 0x7F }
    return switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    // Spaces that look like the plain one. The ideographic space is recognizable by its width.
    case .spaceSeparator: self != "\u{3000}"
    // Joiners are part of emoji and of scripts; the other format characters hide the text or change its direction.
    case .format: !isJoiner && value < 0xE0000
    default: false
    }
  }
}
