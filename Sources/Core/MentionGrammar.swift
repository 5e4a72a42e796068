/// Mentions in a message, as Mattermost's server finds them.
///
/// A mention is `@` and a name (`[a-z0-9.\-_]+`, in any case) that stands as a word of its own in prose: not in code,
/// not in a link's address, not inside a longer name. Every function takes time linear in the text, whatever it holds.
package enum MentionGrammar {
  /// How `text` calls the user `name`. Being called by name outweighs being called with everybody else.
  package static func mention(of name: String, in text: String) -> Mention {
    guard !name.isEmpty, text.utf8.contains(UInt8(ascii: "@")) else { return .none }
    let names = MentionedNames(direct: name)
    var mention = Mention.none
    for paragraph in MarkdownProse(of: text.unicodeScalars).paragraphs {
      var words = ProseWords(of: paragraph.scalars)
      while let word = words.next() {
        mention = max(mention, names.mention(in: word))
        if mention == .direct { return mention }
      }
    }
    return mention
  }

  /// `text` so that it rings nobody by `@all`, `@channel` or `@here`: an invisible word joiner (U+2060) behind the `@` of
  /// each that the server would follow makes it mere text. What stands in code stays as it is.
  package static func silencingChannelWide(_ text: String) -> String {
    let names = MentionedNames(direct: nil)
    return silencing(text) { names.mentions(in: $0).map(\.at) }
  }

  /// `text` so that it rings nobody at all, in the same way.
  package static func silencingAll(_ text: String) -> String {
    silencing(text) { word in word.indices.filter { word[$0] == "@" } }
  }

  /// `text` with a word joiner behind each `@` of a word of its prose that `rings` tells of, in rising order.
  private static func silencing(_ text: String, rings places: (ArraySlice<Unicode.Scalar>) -> [Int]) -> String {
    guard text.utf8.contains(UInt8(ascii: "@")) else { return text }
    var rings: Set<Int> = []
    for paragraph in MarkdownProse(of: text.unicodeScalars).paragraphs {
      var words = ProseWords(of: paragraph.scalars)
      var line = 0
      while let word = words.next() {
        for at in places(word) { rings.insert(paragraph.position(of: at, from: &line)) }
      }
    }
    guard !rings.isEmpty else { return text }
    var silent = String.UnicodeScalarView()
    for (position, scalar) in text.unicodeScalars.enumerated() {
      silent.append(scalar)
      if rings.contains(position) { silent.append("\u{2060}") }
    }
    return String(silent)
  }

  /// `text` without one mention of `name` that opens it, and without the marks after that mention, trimmed of white space:
  /// `@edgecrab, hello`, `@edgecrab. hello` and `**@edgecrab** hello` leave `hello`. A text that is only the mention leaves
  /// nothing.
  package static func removingOpeningMention(of name: String, from text: String) -> String {
    let whole = trimmed(text.unicodeScalars[...])
    let emphasis = Array(whole.prefix(emphasisMax).prefix(while: \.isEmphasis))
    let called = whole.dropFirst(emphasis.count)
    guard !name.isEmpty, called.first == "@", !isIndentedCode(text.unicodeScalars[..<whole.startIndex]) else {
      return String(whole)
    }
    var words = ProseWords(of: Array(called.prefix { !$0.properties.isWhitespace }))
    guard let word = words.next(), word.startIndex == 0, MentionedNames(direct: name).mention(in: word) == .direct
    else {
      return String(whole)
    }
    let behind = called.dropFirst(1 + name.unicodeScalars.count)
    if emphasis.isEmpty { return String(trimmed(withoutMarks(behind))) }
    // What is emphasized is the mention alone, with or without its marks, or all of the text.
    let end = emphasis.reversed()
    for rest in [behind, withoutMarks(behind)] where rest.starts(with: end) {
      return String(trimmed(withoutMarks(rest.dropFirst(emphasis.count))))
    }
    let rest = trimmed(withoutMarks(behind))
    if rest.reversed().starts(with: emphasis) { return String(trimmed(rest.dropLast(emphasis.count))) }
    return String(String.UnicodeScalarView(emphasis) + rest)
  }

  /// The most marks of emphasis before a mention: `***` is bold and italic.
  private static let emphasisMax = 3

  /// What follows a mention without the marks that belong to it: one that separates, or those that end a sentence.
  private static func withoutMarks(_ text: Substring.UnicodeScalarView) -> Substring.UnicodeScalarView {
    let rest = text.drop(while: \.endsCall)
    if rest.first?.properties.isWhitespace ?? true { return rest }
    return text.first?.separatesCall ?? false ? text.dropFirst() : text
  }

  /// Whether the white space before a text's first word makes that word code: four columns of it on the word's line.
  private static func isIndentedCode(_ space: Substring.UnicodeScalarView) -> Bool {
    let indentation = space.reversed().prefix { $0 != "\n" }
    return indentation.contains("\t") || indentation.count >= 4
  }

  private static func trimmed(_ text: Substring.UnicodeScalarView) -> Substring.UnicodeScalarView {
    let start = text.drop(while: \.properties.isWhitespace)
    guard let last = start.lastIndex(where: { !$0.properties.isWhitespace }) else { return start }
    return start[...last]
  }
}

/// The names that a word is compared with.
private struct MentionedNames {
  private let direct: [Unicode.Scalar]?

  private static let channelWide = ["all", "channel", "here"].map { Array($0.unicodeScalars) }

  init(direct name: String?) {
    direct = name.map { $0.unicodeScalars.map(\.lowercasedASCII) }
  }

  /// How a word of prose calls somebody.
  func mention(in word: ArraySlice<Unicode.Scalar>) -> Mention {
    mentions(in: word).map(\.mention).max() ?? .none
  }

  /// The mentions in a word of prose, and where their `@` stand, in rising order. Marks that can end a sentence are part of
  /// a name only if the name has them; a word that joins several with `.`, `-` or `:` is taken apart unless it begins with
  /// a name.
  func mentions(in word: ArraySlice<Unicode.Scalar>) -> [(at: Int, mention: Mention)] {
    // `:name:` is an emoji.
    if word.first == ":", word.last == ":" { return [] }
    let word = word.drop(while: \.isSentenceMark)
    let isWhole = word.first == "@"
    let parts = isWhole ? [word] : word.split(whereSeparator: { $0 == "." || $0 == "-" || $0 == ":" })
    return parts.filter { $0.first == "@" }
      .map { ($0.startIndex, mention(opening: $0.dropFirst(), allowingMarks: isWhole)) }
      .filter { $0.1 != .none }
  }

  private func mention(opening word: ArraySlice<Unicode.Scalar>, allowingMarks: Bool) -> Mention {
    func isMeant(_ name: [Unicode.Scalar]) -> Bool {
      guard word.count >= name.count, zip(word, name).allSatisfy({ $0.lowercasedASCII == $1 }) else { return false }
      let rest = word.dropFirst(name.count)
      return rest.isEmpty || allowingMarks && rest.allSatisfy(\.isSentenceMark)
    }
    if let direct, isMeant(direct) { return .direct }
    return Self.channelWide.contains(where: isMeant) ? .channelWide : .none
  }
}

extension Unicode.Scalar {
  /// Whether it makes what stands between two of it bold, italic or struck out.
  fileprivate var isEmphasis: Bool { self == "*" || self == "_" || self == "~" }

  /// Whether it separates a mention from what is said, with or without a space: in Chinese and Japanese there is none.
  fileprivate var separatesCall: Bool {
    [",", ":", "\u{FF0C}", "\u{FF1A}", "\u{3001}", "\u{3002}"].contains(self)
  }

  /// Whether it can end a sentence or a call that consists of a mention.
  fileprivate var endsCall: Bool {
    separatesCall
      || [".", "!", "?", ";", "-", "\u{2026}", "\u{2013}", "\u{2014}", "\u{FF01}", "\u{FF1F}"].contains(self)
  }
}
