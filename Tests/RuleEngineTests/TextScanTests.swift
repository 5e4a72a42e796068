import Testing
import TextMatch
import Workload

/// The pass over a text, in C, compared with a search for one pattern after the other.
@Suite struct TextScanTests {
  private static let alphabet = ["a", "b", "k", "s", "S", "K", "-", "x", "é", "\u{17F}", "\u{212A}", "世", " ", "q"]

  @Test(arguments: 0..<40) func `a pass finds every pattern that a text holds`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    func text(_ length: ClosedRange<Int>) -> String {
      (0..<Int.random(in: length, using: &random)).map { _ in
        Self.alphabet[Int.random(in: Self.alphabet.indices, using: &random)]
      }.joined()
    }
    let kinds: [TextPattern.Kind] = [.contains, .word, .startsWith, .endsWith, .equals]
    var patterns = (0..<Int.random(in: 1...60, using: &random)).map { _ in
      TextPattern(
        kinds[Int.random(in: kinds.indices, using: &random)], text(1...8),
        isCaseSensitive: Bool.random(using: &random))
    }
    for expression in ["(ab|bk)s*x", "k-?s{2,}", "é+k", "[xq]-[ab]", "世.?a", "(?i)SSK", "a|bb"] {
      patterns.append(TextPattern(.expression, expression, isCaseSensitive: Bool.random(using: &random)))
    }
    let matcher = try TextMatcher(patterns)
    var held = 0
    for _ in 0..<60 {
      let text = text(0...120)
      let candidates = matcher.candidates(in: text)
      for pattern in patterns.indices where matcher.isNarrowed(pattern) && matcher.holds(pattern, text) {
        held += 1
        #expect(candidates.contains(pattern), "\(patterns[pattern]) in \(text)")
      }
    }
    #expect(held > 0)
  }

  @Test func `more literals than one reading returns are all found`() throws {
    let words = (0..<1_000).map { "word\($0)" }
    let matcher = try TextMatcher(words.map { TextPattern(.contains, $0) })
    #expect(matcher.candidates(in: words.joined(separator: " ")) == Set(words.indices))
    #expect(matcher.candidates(in: words.reversed().joined()).isSuperset(of: words.indices))
  }

  @Test func `a text longer than any post is read to its end`() throws {
    let matcher = try TextMatcher([
      TextPattern(.endsWith, "the end"), TextPattern(.contains, "ask", isCaseSensitive: true), TextPattern(.word, "é"),
    ])
    let text = String(repeating: "as\u{212A} ", count: 2_000_000) + "É THE END"
    #expect(matcher.candidates(in: text).isSuperset(of: [0, 1]))
    #expect([0, 1, 2].map { matcher.holds($0, text) } == [true, false, true])
  }

  @Test func `a pattern without a literal of two letters is not narrowed`() throws {
    let matcher = try TextMatcher([
      TextPattern(.contains, "x"), TextPattern(.contains, "éà"), TextPattern(.contains, "éà", isCaseSensitive: true),
      TextPattern(.expression, "[0-9]+"), TextPattern(.expression, "ab|c"), TextPattern(.expression, "ab|cd"),
    ])
    #expect((0..<matcher.count).map(matcher.isNarrowed) == [false, false, true, false, false, true])
  }
}

extension TextMatcher {
  /// Returns the patterns that a pass over a text finds.
  fileprivate func candidates(in text: String) -> Set<Int> {
    var candidates: Set<Int> = []
    var found = FoundLiterals()
    while find(&found, in: text) {
      for index in 0..<found.count {
        for candidate in self.candidates(of: found[index]) { candidates.insert(self.candidate(at: candidate)) }
      }
    }
    return candidates
  }
}
