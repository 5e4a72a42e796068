import TextMatch

/// The lines but the last are patterns, their first byte says of what kind; the last is the text.
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

/// A line's pattern; nil where it is refused, as it should be, with a reason.
private func pattern(_ line: ArraySlice<UInt8>) -> TextPattern? {
  guard let first = line.first else { return nil }
  let kinds: [TextPattern.Kind] = [.expression, .contains, .word, .startsWith, .endsWith, .equals]
  let pattern = TextPattern(
    kinds[Int(first) / 2 % kinds.count], String(decoding: line.dropFirst(), as: UTF8.self),
    isCaseSensitive: first % 2 == 0)
  return (try? TextMatcher([pattern])).map { _ in pattern }
}

/// What finds the same by RE2; nil of an expression, and of a word, since RE2 has no words.
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
  /// The patterns that one pass over a text leaves to be asked for.
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
