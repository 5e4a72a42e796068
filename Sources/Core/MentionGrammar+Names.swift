extension MentionGrammar {
  /// Returns the first user name that `text` mentions, or `nil` if it mentions nobody; `@all` and its like name nobody.
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
