import TextMatch

/// All lines but the last are patterns, with their kind as the first byte; the last line is the text.
func brokenByPatterns(_ bytes: [UInt8]) -> String? {
  let lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: patternsMax, omittingEmptySubsequences: false)
  let patterns = lines.dropLast().compactMap(pattern)
  guard let text = lines.last.map({ String(decoding: $0, as: UTF8.self) }), let matcher = try? TextMatcher(patterns)
  else { return "a pattern compiles alone and not among others: \(patterns)" }
  let candidates = matcher.candidates(in: text)
  for (index, pattern) in patterns.enumerated() {
    let isFound = matcher.holds(index, text)
    if isFound, matcher.isNarrowed(index), !candidates.contains(index) { return "\(pattern) is passed over in \(text)" }
    if let twin = try? expression(like: pattern).map({ try TextMatcher([$0]) }), twin.holds(0, text) != isFound {
      return "\(pattern) is \(isFound ? "" : "not ")found in \(text), other than as an expression"
    }
  }
  return nil
}

private let patternsMax = 16

/// Returns the pattern of a line, or `nil` if it is refused with a reason.
private func pattern(_ line: ArraySlice<UInt8>) -> TextPattern? {
  guard let first = line.first else { return nil }
  let kinds: [TextPattern.Kind] = [.expression, .contains, .word, .startsWith, .endsWith, .equals]
  let pattern = TextPattern(
    kinds[Int(first) / 2 % kinds.count], String(decoding: line.dropFirst(), as: UTF8.self),
    isCaseSensitive: first % 2 == 0)
  return (try? TextMatcher([pattern])).map { _ in pattern }
}

/// Returns an equivalent expression for RE2, or `nil` for expressions, and for words, which RE2 does not have.
private func expression(like pattern: TextPattern) -> TextPattern? {
  let text = pattern.text.unicodeScalars.map { "\\x{" + String($0.value, radix: 16) + "}" }.joined()
  let expression: String? =
    switch pattern.kind {
    case .contains: text
    case .startsWith: "\\A" + text
    case .endsWith: text + "\\z"
    case .equals: "\\A" + text + "\\z"
    case .word, .expression: nil
    }
  return expression.map { TextPattern(.expression, $0, isCaseSensitive: pattern.isCaseSensitive) }
}

extension TextMatcher {
  /// The patterns that a single pass over a text does not decide.
  fileprivate func candidates(in text: String) -> Set<Int> {
    var found = FoundLiterals()
    var candidates: Set<Int> = []
    while find(&found, in: text) {
      for index in 0..<found.count {
        candidates.formUnion(self.candidates(of: found[index]).map { candidate(at: $0) })
      }
    }
    return candidates
  }
}
