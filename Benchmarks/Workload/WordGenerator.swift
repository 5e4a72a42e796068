/// Generates the names and words of a workload.
struct WordGenerator {
  private static let syllables = [
    "ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "qui", "ro", "su", "ta", "ve", "wi", "xo",
    "zu", "tra", "ble", "cri", "dro", "flu", "gra", "ster", "ling", "ment", "tion", "port", "serv", "plan", "work",
    "back", "end",
  ]
  /// The letters of Mattermost's ids.
  private static let idLetters = Array("ybndrfg8ejkmcpqxot1uwisza345h769")

  private var taken: Set<String> = []

  static func id(_ chance: inout SeededRandom) -> String { String((0..<26).map { _ in chance.one(idLetters) }) }

  static func word(_ chance: inout SeededRandom, _ syllableCount: ClosedRange<Int>) -> String {
    (0..<chance.number(syllableCount)).map { _ in chance.one(syllables) }.joined()
  }

  /// Returns a new word of at least six letters.
  mutating func fresh(_ chance: inout SeededRandom, _ syllableCount: ClosedRange<Int>) -> String {
    while true {
      let word = Self.word(&chance, syllableCount)
      if word.count >= 6, taken.insert(word).inserted { return word }
    }
  }
}
