import AgentSessions

extension PermissionRequest {
  /// The place of the answer that a message means: its number, its words, or a plain yes or no; nil where it means none.
  ///
  /// - Parameter takesNames: whether an answer's own words count: an agent may call one what people say anyway.
  func choice(by text: String, takesNames: Bool = true) -> Int? {
    let said = text.trimming { $0.isWhitespace || ".!#)".contains($0) }.lowercased()
    if said.hasPrefix(":"), said.hasSuffix(":"), said.count > 2 { return choice(byEmoji: said.dropFirst().dropLast()) }
    if said == "+1" || said == "-1" { return choice(byEmoji: said) }
    if said.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(said) { return place(number) }
    // Before the answers' names: an agent may call a yes "no".
    if Self.yesWords.contains(said) { return yes }
    if Self.noWords.contains(said) { return no }
    return takesNames ? options.firstIndex { $0.name.lowercased() == said } : nil
  }

  /// The place of the answer that an emoji means, by its name.
  func choice(byEmoji name: some StringProtocol) -> Int? {
    if let digit = Self.digits.firstIndex(of: String(name)) { return place(digit + 1) }
    if Self.yesEmoji.contains(String(name)) { return yes }
    return Self.noEmoji.contains(String(name)) ? no : nil
  }

  /// The names of the emoji that number the answers, as far as there are any.
  var emoji: ArraySlice<String> { Self.digits.prefix(options.count) }

  private func place(_ number: Int) -> Int? { (1...options.count).contains(number) ? number - 1 : nil }

  private static let digits = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
  private static let yesWords: Set<String> = ["yes", "y", "ok", "okay", "allow", "approve", "👍", "✅"]
  private static let noWords: Set<String> = ["no", "n", "deny", "reject", "👎", "❌"]
  private static let yesEmoji: Set<String> = ["+1", "thumbsup", "white_check_mark", "heavy_check_mark", "ok_hand"]
  private static let noEmoji: Set<String> = ["-1", "thumbsdown", "x", "no_entry", "no_entry_sign"]
}

extension String {
  fileprivate func trimming(_ isLeftOut: (Character) -> Bool) -> Substring {
    let rest = drop(while: isLeftOut)
    let end = rest.lastIndex { !isLeftOut($0) }
    return end.map { rest[...$0] } ?? ""
  }
}
