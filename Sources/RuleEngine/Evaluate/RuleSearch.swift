/// An event's facts as what the compiled rules compare.
struct EventFacts {
  let bits: FactBits
  let user: UInt32
  let channel: UInt32
  let team: UInt32
  /// The bound command, by its index; nil where the text is none, or one that nobody bound.
  let command: UInt32?
}

/// The first rule that matches, as far as the search has come.
struct RuleSearch {
  let facts: EventFacts
  /// The best rule so far; the number of rules where there is none.
  private(set) var winner: UInt32
  private let end: UInt32
  private var shadows: [Int] = []

  init(facts: EventFacts, end: UInt32) {
    self.facts = facts
    self.end = end
    winner = end
  }

  /// Takes in a rule that matches; false where the rules behind it in its list can no longer win.
  mutating func take(_ posting: Posting) -> Bool {
    if posting.isShadow {
      shadows.append(Int(posting.rule))
      return true
    }
    winner = posting.rule
    return false
  }

  /// The winner, and the shadow rules before it, each once and in order.
  var result: (winner: Int?, shadows: [Int]) {
    let before = shadows.isEmpty ? [] : Set(shadows).filter { $0 < winner }.sorted()
    return (winner < end ? Int(winner) : nil, before)
  }
}
