/// Writes text as a YAML scalar that every YAML reader reads as this text in any context: as a key, in a block, or in
/// `[ ]` and `{ }`.
enum YAMLScalar {
  /// Returns the text without quotes if it needs none, else in single quotes, else in double quotes with escapes.
  static func written(_ text: String) -> String {
    if isPlain(text) { return text }
    if text.unicodeScalars.contains(where: needsEscape) { return doubleQuoted(text) }
    if text.contains("'"), !text.contains("\""), !text.contains("\\") { return doubleQuoted(text) }
    return "'" + text.replacing("'", with: "''") + "'"
  }

  /// Returns whether the text needs no quotes. Conservative: letters, digits and a few characters between them, and
  /// nothing that YAML 1.1 or 1.2 could read as a number, a boolean or null.
  static func isPlain(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last else { return false }
    guard isLetterOrDigit(first) || first == "_", last != " ", last != ":" else { return false }
    guard text.utf8.count > longestWord || !words.contains(text.lowercased()), !looksLikeNumber(text) else {
      return false
    }
    var before: Unicode.Scalar = first
    for scalar in text.unicodeScalars {
      // A colon before a space ends a key; `#` after a space begins a comment.
      if before == ":", scalar == " " { return false }
      guard isLetterOrDigit(scalar) || marks.contains(scalar) else { return false }
      before = scalar
    }
    return true
  }

  /// Returns the text in double quotes, with escapes.
  static func doubleQuoted(_ text: String) -> String {
    "\"" + text.unicodeScalars.map(escaped).joined() + "\""
  }

  /// The booleans, nulls and special numbers of YAML 1.1 and 1.2.
  private static let words: Set<String> = [
    "true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf",
  ]

  private static let longestWord = words.map(\.utf8.count).max() ?? 0

  private static let marks = Set(" _-./:+()@%".unicodeScalars)

  private static func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII {
      let byte = UInt8(ascii: scalar)
      return (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
    }
    return switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .otherLetter, .decimalNumber: true
    default: false
    }
  }

  /// Numbers, dates and times of day in any of YAML's notations begin with a digit and consist of these.
  private static func looksLikeNumber(_ text: String) -> Bool {
    guard text.utf8.first.map({ $0 >= 0x80 || (0x30...0x39).contains($0) }) == true, text.first?.isNumber == true
    else { return false }
    return text.unicodeScalars.allSatisfy {
      $0.properties.numericType != nil || "+-._:eExXoObTtZzaAcCdDfF ".contains(Character($0))
    }
  }

  /// Characters that YAML does not allow, or that reverse or hide the following text.
  private static func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7F }
    return switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator, .format, .privateUse, .unassigned, .surrogate: true
    default: false
    }
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\"": return "\\\""
    case "\\": return "\\\\"
    case "\n": return "\\n"
    case "\t": return "\\t"
    case _ where needsEscape(scalar):
      let digits = String(scalar.value, radix: 16, uppercase: true)
      let (mark, width) = scalar.value <= 0xFF ? ("\\x", 2) : scalar.value <= 0xFFFF ? ("\\u", 4) : ("\\U", 8)
      return mark + String(repeating: "0", count: width - digits.count) + digits
    default: return String(scalar)
    }
  }
}
