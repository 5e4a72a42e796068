/// Finds the users that a message mentions, as Mattermost's server does for `data.mentions`.
///
/// It does not share code with the gateway: the sandbox stands in for another program, and tests of two programs with
/// the same code would prove nothing.
enum MentionScanner {
  /// Returns the `@words` of `message` that are in `keywords` (lower case), outside of code.
  static func mentions(in message: String, among keywords: Set<String>) -> Set<String> {
    var found: Set<String> = []
    let words = withoutCode(message).unicodeScalars.split { !isWordPart($0) }
    for word in words.map({ String($0).lowercased() }) {
      // `:word:` is an emoji.
      if word.hasPrefix(":"), word.hasSuffix(":") { continue }
      let word = word.drop { ":.-_".contains($0) }
      if let keyword = keyword(in: word, among: keywords) {
        found.insert(keyword)
      } else if !word.hasPrefix("@") {
        found.formUnion(word.split { ".-:".contains($0) }.map(String.init).filter(keywords.contains))
      }
    }
    return found
  }

  /// Returns the keyword that `word` is, with or without punctuation at its end, or `nil` if it is none.
  private static func keyword(in word: Substring, among keywords: Set<String>) -> String? {
    var word = word
    while !word.isEmpty {
      if keywords.contains(String(word)) { return String(word) }
      guard let last = word.last, ".-:_".contains(last) else { return nil }
      word.removeLast()
    }
    return nil
  }

  private static func isWordPart(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case ":", ".", "-", "_", "@": return true
    default: break
    }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
      .letterNumber, .otherNumber:
      return true
    default: return false
    }
  }

  /// `message` with fenced blocks and inline code claimed out.
  private static func withoutCode(_ message: String) -> String {
    var kept: [Substring] = []
    var fence: Substring?
    for line in message.split(separator: "\n", omittingEmptySubsequences: false) {
      let marks = fenceMarks(of: line)
      if let opened = fence {
        // A fence ends with at least as many of the same mark and nothing after them (CommonMark, section 4.5).
        if let marks, marks.first == opened.first, marks.count >= opened.count,
          line.drop(while: { $0 == " " }).dropFirst(marks.count).allSatisfy(\.isWhitespace)
        {
          fence = nil
        }
      } else if let marks {
        fence = marks
      } else {
        kept.append(line)
      }
    }
    return withoutInlineCode(kept.joined(separator: "\n"))
  }

  private static func fenceMarks(of line: Substring) -> Substring? {
    let text = line.drop { $0 == " " }
    guard line.count - text.count <= 3, let mark = text.first, mark == "`" || mark == "~" else { return nil }
    let marks = text.prefix { $0 == mark }
    return marks.count >= 3 ? marks : nil
  }

  /// A run of backticks begins code only if a run of the same length ends it (CommonMark, section 6.1).
  private static func withoutInlineCode(_ text: String) -> String {
    var kept = ""
    var rest = text[...]
    while let open = rest.firstIndex(of: "`") {
      let marks = rest[open...].prefix { $0 == "`" }
      let inside = rest[marks.endIndex...]
      kept += rest[..<open]
      if let close = closing(marks.count, in: inside) {
        kept += " "
        rest = rest[close...]
      } else {
        rest = inside
      }
    }
    return kept + rest
  }

  /// Returns the index after the first run of exactly `length` backticks, or `nil` if there is none.
  private static func closing(_ length: Int, in text: Substring) -> Substring.Index? {
    var rest = text
    while let start = rest.firstIndex(of: "`") {
      let marks = rest[start...].prefix { $0 == "`" }
      if marks.count == length { return marks.endIndex }
      rest = rest[marks.endIndex...]
    }
    return nil
  }
}
