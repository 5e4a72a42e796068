package import Core

/// Rules and events as a busy server has them: first match wins, the last rule takes all that is left, about a third of
/// the events come to it.
///
/// Of the rules, 60 % name channels, 20 % users, 10 % commands, 5 % a literal and 5 % a regular expression.
package struct Workload {
  let rules: [WorkloadRule]
  let drawn: [WorkloadEvent]

  /// The events, in order.
  package var events: [Event] { drawn.map(\.event) }

  /// Makes so many rules and events. The same numbers make the same workload.
  package init(rules count: Int, events eventCount: Int) {
    let seed = UInt64(20_260_901 + count)
    var chance = SeededRandom(seed: seed)
    let rules = RuleGenerator(count: count, &chance)
    // How many events are aimed at a rule, so that 30 % are left for the last.
    var (low, high) = (0.0, 1.0)
    for _ in 0..<7 {
      var chance = SeededRandom(seed: seed * 7)
      let middle = (low + high) / 2
      let trial = EventGenerator(rules, &chance).events(1_000, aimed: middle, &chance)
      let left = trial.count { rules.rules.firstMatch($0) == count - 1 }
      if Double(left) / Double(trial.count) > 0.3 { low = middle } else { high = middle }
    }
    chance = SeededRandom(seed: seed * 7)
    self.rules = rules.rules
    drawn = EventGenerator(rules, &chance).events(eventCount, aimed: (low + high) / 2, &chance)
  }

  /// The name of the rule that decides each event, found by trying one rule after the other.
  package var expected: [String] { drawn.map { Self.name(rules.firstMatch($0) ?? 0) } }

  static func name(_ index: Int) -> String {
    let digits = String(index)
    return "r" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits
  }
}
