/// The patterns that a scan found, by their indices.
package struct PatternHits: Sendable, Equatable {
  private var words: [UInt64]

  init(count: Int) {
    words = Array(repeating: 0, count: (count + 63) / 64)
  }

  mutating func insert(_ pattern: Int) {
    words[pattern / 64] |= 1 << UInt64(pattern % 64)
  }

  /// Whether a pattern was found.
  package func contains(_ pattern: Int) -> Bool {
    words[pattern / 64] & 1 << UInt64(pattern % 64) != 0
  }
}
