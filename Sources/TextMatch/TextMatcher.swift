/// Many text patterns, each to be asked for by its index; and all of them narrowed down to those that a text may hold,
/// by reading it once.
///
/// Nothing here allocates memory while it matches, but what a regular expression's automaton learns from texts unlike
/// those before, within `Limits.expressionMemory`, and a copy of texts longer than any post.
package final class TextMatcher: Sendable {
  private let patterns: ContiguousArray<CompiledPattern>
  private let literals: LiteralIndex
  /// The patterns of each literal.
  private let patternsOfLiteral: Buckets
  private let isNarrowed: [Bool]

  /// How many patterns there are.
  package var count: Int { patterns.count }

  /// Compiles the patterns.
  /// - Throws: the first pattern that cannot be used, and why.
  package init(_ patterns: [TextPattern]) throws(PatternError) {
    var compiled: ContiguousArray<CompiledPattern> = []
    var literals: [Literal: Int] = [:]
    var pairs: [(bucket: Int, value: Int)] = []
    var isNarrowed: [Bool] = []
    for (index, pattern) in patterns.enumerated() {
      do throws(PatternError) {
        compiled.append(try CompiledPattern(pattern))
      } catch {
        throw PatternError(pattern: index, message: error.message, offset: error.offset)
      }
      let needed = compiled[index].requiredLiterals(of: pattern)
      // One literal too many to be looked for, and the pattern has to be asked for each time.
      let isKnown = !needed.isEmpty && literals.count + needed.count <= LiteralIndex.literalsMax
      isNarrowed.append(isKnown)
      guard isKnown else { continue }
      for literal in needed {
        let number = literals[literal] ?? literals.count
        literals[literal] = number
        pairs.append((number, index))
      }
    }
    self.patterns = compiled
    self.isNarrowed = isNarrowed
    self.literals = LiteralIndex(literals.sorted { $0.value < $1.value }.map(\.key))
    patternsOfLiteral = Buckets(pairs, count: literals.count)
  }

  /// Why a regular expression cannot be used, or nil.
  package static func validate(expression: String, isCaseSensitive: Bool) -> PatternError? {
    review(expression: expression, isCaseSensitive: isCaseSensitive).problem
  }

  /// Whether a text holds a pattern, in time linear in the text.
  package func holds(_ pattern: Int, _ text: String) -> Bool { patterns[pattern].isFound(in: text) }

  /// Whether `candidates` knows of a pattern. One of a single letter, or an expression like `[0-9]+`, is in no narrow
  /// choice: it has to be asked for with `holds`.
  package func isNarrowed(_ pattern: Int) -> Bool { isNarrowed[pattern] }

  /// Reads on in a text until it ends, or `found` is full of what it may hold; false where there was nothing left to read.
  package func find(_ found: inout FoundLiterals, in text: String) -> Bool {
    if found.isOver { return false }
    var room = found.literals.mutableSpan
    found.count = literals.scan(text, &found.progress, into: &room)
    return true
  }

  /// Where the patterns of a literal that was found stand: of those that are narrowed down, a text holds at most these.
  package func candidates(of literal: UInt32) -> Range<Int> { patternsOfLiteral[literal] }

  /// The pattern that stands there.
  package func candidate(at index: Int) -> Int { patternsOfLiteral[index] }

  /// Which of the patterns a text holds, asked one after the other.
  package func hits(in text: String) -> PatternHits {
    var hits = PatternHits(count: count)
    for pattern in patterns.indices where holds(pattern, text) { hits.insert(pattern) }
    return hits
  }
}
