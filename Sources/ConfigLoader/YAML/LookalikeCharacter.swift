/// A character that looks like one of YAML's indicators but is another; word processors, chats and other keyboards
/// produce them.
struct LookalikeCharacter {
  let span: SourceSpan
  /// The character and its effect, as a clause.
  let reason: String
  let help: String

  /// Finds the first in a position where the structure of the lines needs the real indicator.
  init?(inLines lines: ClosedRange<Int>, of source: SourceText) {
    for number in lines {
      let letters = Array(source.line(number).unicodeScalars.prefix(Limits.oddMarkScalarsMax))
      guard let (index, reason, help) = Self.first(in: letters) else { continue }
      span = SourceSpan(
        start: SourcePosition(line: number, column: index + 1), end: SourcePosition(line: number, column: index + 2))
      (self.reason, self.help) = (reason, help)
      return
    }
    return nil
  }

  /// Returns a line with each such character replaced by the indicator that it looks like.
  static func plain(_ line: String) -> String {
    var plain = ""
    for letter in line.unicodeScalars {
      switch letter {
      case _ where isBlank(letter): plain += " "
      case "\u{FF1A}": plain += ": "
      case "“", "”", "„", "‟", "«", "»": plain += "\""
      case "‘", "’", "‚", "‛": plain += "'"
      case "\u{2010}"..."\u{2015}", "\u{2212}", "•": plain += "-"
      default: plain.unicodeScalars.append(letter)
      }
    }
    return plain
  }

  private static func first(in letters: [Unicode.Scalar]) -> (Int, String, String)? {
    var isIndentation = true
    var quote: Unicode.Scalar?
    var hasColon = false
    for (index, letter) in letters.enumerated() {
      if let open = quote {
        if letter == open { quote = nil }
        continue
      }
      let before = letters[..<index].last { $0 != " " }
      let opensValue = before.map { ":-,{[".unicodeScalars.contains($0) } ?? true
      if letter == "#", index == 0 || letters[index - 1] == " " { return nil }
      if letter == "\"" || letter == "'", opensValue { quote = letter }
      if isBlank(letter), isIndentation || opensValue {
        return (
          index, "this is \(name(of: letter)), which YAML reads as a letter", "type a plain space instead"
        )
      }
      if letter == "\u{FF1A}", !hasColon {
        return (index, "the full-width `：` (U+FF1A) does not end a key", "type a plain `:` and a space instead")
      }
      if "“”„‟‘’‚‛«»".unicodeScalars.contains(letter), opensValue {
        return (
          index, "`\(letter)` is not a quotation mark of YAML, but a part of the value",
          "type plain quotes: `\"` or `'`"
        )
      }
      let isDash = ("\u{2010}"..."\u{2015}").contains(letter) || letter == "\u{2212}" || letter == "•"
      if isDash, isIndentation, index + 1 < letters.count, letters[index + 1].properties.isWhitespace {
        return (index, "`\(letter)` does not begin an item of a list", "type a plain `-` instead")
      }
      if letter == ":", index + 1 == letters.count || letters[index + 1] == " " { hasColon = true }
      if letter != " " { isIndentation = isIndentation && letter == "-" }
    }
    return nil
  }

  private static func isBlank(_ letter: Unicode.Scalar) -> Bool {
    if letter == " " || letter == "\t" { return false }
    return letter.properties.isWhitespace || ["\u{200B}", "\u{2060}", "\u{FEFF}"].contains(letter)
  }

  private static func name(of blank: Unicode.Scalar) -> String {
    let code = String(blank.value, radix: 16, uppercase: true)
    let shown = "U+" + String(repeating: "0", count: max(0, 4 - code.count)) + code
    switch blank {
    case "\u{A0}", "\u{202F}": return "a non-breaking space (\(shown))"
    case "\u{3000}": return "a full-width space (\(shown))"
    case "\u{200B}", "\u{2060}", "\u{FEFF}": return "an invisible character (\(shown))"
    default: return "an unusual space (\(shown))"
    }
  }
}
