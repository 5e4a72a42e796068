/// Many text patterns. Each can be tested by its index; a single pass over a text narrows them down to those that it
/// may contain.
///
/// Matching allocates no memory, except for the automaton of a regular expression, which grows with new texts up to
/// `Limits.expressionMemory`, and for a copy of texts longer than any post.
package final class TextMatcher: Sendable {
  private let patterns: ContiguousArray<CompiledPattern>
  private let literals: LiteralIndex
  private let patternsOfLiteral: Buckets
  private let isNarrowed: [Bool]

  /// The number of patterns.
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
      // If one literal of a pattern does not fit into the index, the pattern has to be tested each time.
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

  /// Returns the reason why a regular expression cannot be used, or `nil` if it can.
  package static func validate(expression: String, isCaseSensitive: Bool) -> PatternError? {
    review(expression: expression, isCaseSensitive: isCaseSensitive).problem
  }

  /// Returns whether a text contains a pattern, in time linear in the text.
  package func holds(_ pattern: Int, _ text: String) -> Bool { patterns[pattern].isFound(in: text) }

  /// Returns whether `candidates` covers a pattern. A pattern of a single letter, or an expression like `[0-9]+`, is
  /// not covered and has to be tested with `holds`.
  package func isNarrowed(_ pattern: Int) -> Bool { isNarrowed[pattern] }

  /// Continues to read a text until it ends or `found` is full, and returns `false` if nothing was left to read.
  package func find(_ found: inout FoundLiterals, in text: String) -> Bool {
    if found.isOver { return false }
    var room = found.literals.mutableSpan
    found.count = literals.scan(text, &found.progress, into: &room)
    return true
  }

  /// Returns the indices of the patterns of a literal that was found: of the covered patterns, a text contains at most
  /// these.
  package func candidates(of literal: UInt32) -> Range<Int> { patternsOfLiteral[literal] }

  package func candidate(at index: Int) -> Int { patternsOfLiteral[index] }

  /// Returns the patterns that a text contains, by testing one after the other.
  package func hits(in text: String) -> PatternHits {
    var hits = PatternHits(count: count)
    for pattern in patterns.indices where holds(pattern, text) { hits.insert(pattern) }
    return hits
  }
}

/// The patterns that a scan found, by their indices.
package struct PatternHits: Sendable, Equatable {
  private var words: [UInt64]

  init(count: Int) {
    words = Array(repeating: 0, count: (count + 63) / 64)
  }

  mutating func insert(_ pattern: Int) {
    words[pattern / 64] |= 1 << UInt64(pattern % 64)
  }

  /// Returns whether a pattern was found.
  package func contains(_ pattern: Int) -> Bool {
    words[pattern / 64] & 1 << UInt64(pattern % 64) != 0
  }
}

/// Numbers in numbered buckets, all in one array.
private struct Buckets: Sendable {
  private let starts: [UInt32]
  private let values: [UInt32]

  init(_ pairs: [(bucket: Int, value: Int)], count: Int) {
    var ends = [UInt32](repeating: 0, count: count + 1)
    for pair in pairs { ends[pair.bucket + 1] += 1 }
    for bucket in 0..<count { ends[bucket + 1] += ends[bucket] }
    starts = ends
    var next = ends
    var values = [UInt32](repeating: 0, count: pairs.count)
    for pair in pairs {
      values[Int(next[pair.bucket])] = UInt32(pair.value)
      next[pair.bucket] += 1
    }
    self.values = values
  }

  /// The indices of the numbers of a bucket.
  subscript(bucket: UInt32) -> Range<Int> { Int(starts[Int(bucket)])..<Int(starts[Int(bucket) + 1]) }

  /// The number at an index.
  subscript(index: Int) -> Int { Int(values[index]) }
}
