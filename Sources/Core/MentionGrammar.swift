/// Finds mentions in a message by the rules of Mattermost's server.
///
/// A mention is `@` and a name (`[a-z0-9.\-_]+`, in any case) that is a word of its own in prose: not in code, not in
/// the address of a link, not inside a longer name. Every function takes time linear in the length of the text.
package enum MentionGrammar {
  /// Returns how `text` mentions the user `name`; a mention by name counts more than a channel-wide one.
  package static func mention(of name: String, in text: String) -> Mention {
    guard !name.isEmpty, text.utf8.contains(UInt8(ascii: "@")) else { return .none }
    let names = MentionableNames(direct: name)
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

  /// Returns `text` without effective channel-wide mentions: an invisible word joiner (U+2060) after the `@` of each
  /// `@all`, `@channel` and `@here` that would notify people. Code stays as it is.
  package static func silencingChannelWide(_ text: String) -> String {
    let names = MentionableNames(direct: nil)
    return silencing(text) { names.mentions(in: $0).map(\.at) }
  }

  /// Returns `text` without effective mentions, in the same way.
  package static func silencingAll(_ text: String) -> String {
    silencing(text) { word in word.indices.filter { word[$0] == "@" } }
  }

  /// Returns `text` with a word joiner after each `@` that `positions` finds in a word of prose, in rising order.
  private static func silencing(_ text: String, at positions: (ArraySlice<Unicode.Scalar>) -> [Int]) -> String {
    guard text.utf8.contains(UInt8(ascii: "@")) else { return text }
    var silenced: Set<Int> = []
    for paragraph in MarkdownProse(of: text.unicodeScalars).paragraphs {
      var words = ProseWords(of: paragraph.scalars)
      var line = 0
      while let word = words.next() {
        for at in positions(word) { silenced.insert(paragraph.position(of: at, from: &line)) }
      }
    }
    guard !silenced.isEmpty else { return text }
    var silent = String.UnicodeScalarView()
    for (position, scalar) in text.unicodeScalars.enumerated() {
      silent.append(scalar)
      if silenced.contains(position) { silent.append("\u{2060}") }
    }
    return String(silent)
  }

  /// Returns `text` without a mention of `name` at its beginning, without the punctuation after that mention, and
  /// trimmed of white space: `@edgecrab, hello`, `@edgecrab. hello` and `**@edgecrab** hello` become `hello`.
  package static func removingOpeningMention(of name: String, from text: String) -> String {
    let whole = trimmed(text.unicodeScalars[...])
    let emphasis = Array(whole.prefix(emphasisMax).prefix(while: \.isEmphasis))
    let called = whole.dropFirst(emphasis.count)
    guard !name.isEmpty, called.first == "@", !isIndentedCode(text.unicodeScalars[..<whole.startIndex]) else {
      return String(whole)
    }
    var words = ProseWords(of: Array(called.prefix { !$0.properties.isWhitespace }))
    guard let word = words.next(), word.startIndex == 0, MentionableNames(direct: name).mention(in: word) == .direct
    else {
      return String(whole)
    }
    let following = called.dropFirst(1 + name.unicodeScalars.count)
    if emphasis.isEmpty { return String(trimmed(withoutMarks(following))) }
    // Emphasis is around the mention, with or without its punctuation, or around the whole text.
    let end = emphasis.reversed()
    for rest in [following, withoutMarks(following)] where rest.starts(with: end) {
      return String(trimmed(withoutMarks(rest.dropFirst(emphasis.count))))
    }
    let rest = trimmed(withoutMarks(following))
    if rest.reversed().starts(with: emphasis) { return String(trimmed(rest.dropLast(emphasis.count))) }
    return String(String.UnicodeScalarView(emphasis) + rest)
  }

  /// Emphasis marks before a mention: `***` is bold and italic.
  private static let emphasisMax = 3

  /// Returns the text after a mention without the punctuation that belongs to the mention: a separator, or the end of a
  /// sentence.
  private static func withoutMarks(_ text: Substring.UnicodeScalarView) -> Substring.UnicodeScalarView {
    let rest = text.drop(while: \.endsCall)
    if rest.first?.properties.isWhitespace ?? true { return rest }
    return text.first?.separatesCall ?? false ? text.dropFirst() : text
  }

  /// Returns whether the white space before the first word makes that word code: four columns of it on the same line.
  private static func isIndentedCode(_ space: Substring.UnicodeScalarView) -> Bool {
    let indentation = space.reversed().prefix { $0 != "\n" }
    return indentation.contains("\t") || indentation.count >= 4
  }

  private static func trimmed(_ text: Substring.UnicodeScalarView) -> Substring.UnicodeScalarView {
    let start = text.drop(while: \.isWhitespace)
    guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return start }
    return start[...last]
  }
}

/// The names that the words of a message are compared with.
private struct MentionableNames {
  private let direct: [Unicode.Scalar]?

  private static let channelWide = ["all", "channel", "here"].map { Array($0.unicodeScalars) }

  init(direct name: String?) {
    direct = name.map { $0.unicodeScalars.map(\.lowercasedASCII) }
  }

  /// Returns the strongest mention in a word of prose.
  func mention(in word: ArraySlice<Unicode.Scalar>) -> Mention {
    mentions(in: word).map(\.mention).max() ?? .none
  }

  /// Returns the mentions in a word of prose with the indices of their `@`, in rising order. Punctuation that can end a
  /// sentence is part of a name only if the name has it. A word that joins several names with `.`, `-` or `:` is split
  /// unless it begins with a name.
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
  /// True for white space. ASCII is tested first, because the look-up of a Unicode property takes longer.
  package var isWhitespace: Bool { isASCII ? self == " " || "\t"..."\r" ~= self : properties.isWhitespace }

  /// True if text between two of this character is bold, italic or struck through.
  fileprivate var isEmphasis: Bool { self == "*" || self == "_" || self == "~" }

  /// True if it separates a mention from the message, with or without a space: Chinese and Japanese write none.
  fileprivate var separatesCall: Bool {
    [",", ":", "\u{FF0C}", "\u{FF1A}", "\u{3001}", "\u{3002}"].contains(self)
  }

  /// True if it can end a sentence that consists of a mention.
  fileprivate var endsCall: Bool {
    separatesCall
      || [".", "!", "?", ";", "-", "\u{2026}", "\u{2013}", "\u{2014}", "\u{FF01}", "\u{FF1F}"].contains(self)
  }
}

extension MentionGrammar {
  /// Returns the first user name that `text` mentions, or `nil` if it mentions no user. `@all`, `@channel` and `@here`
  /// are not user names.
  package static func firstNameMentioned(in text: String) -> String? {
    guard text.utf8.contains(UInt8(ascii: "@")) else { return nil }
    for paragraph in MarkdownProse(of: text.unicodeScalars).paragraphs {
      var words = ProseWords(of: paragraph.scalars)
      while let word = words.next() {
        if let name = name(in: word) { return name }
      }
    }
    return nil
  }

  private static func name(in word: ArraySlice<Unicode.Scalar>) -> String? {
    let word = word.drop(while: \.isSentenceMark)
    guard word.first == "@" else { return nil }
    var name = word.dropFirst().prefix { $0 != "@" }
    while name.last?.isSentenceMark == true { name.removeLast() }
    let text = name.map { String($0) }.joined()
    return text.isEmpty || ["all", "channel", "here"].contains(text.lowercased()) ? nil : text
  }
}
