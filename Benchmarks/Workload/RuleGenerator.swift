/// Generates the rules of a workload.
struct RuleGenerator {
  private(set) var rules: [WorkloadRule] = []
  let channels: [String]
  let users: [String]
  let teams: [String]
  private var words = WordGenerator()

  init(count: Int, _ chance: inout SeededRandom) {
    let named = count - 1
    var kinds: [WorkloadRule.Kind] = []
    for (kind, share) in [(WorkloadRule.Kind.user, 0.2), (.command, 0.1), (.literal, 0.05), (.expression, 0.05)] {
      kinds += Array(repeating: kind, count: max(1, Int((Double(named) * share).rounded())))
    }
    kinds += Array(repeating: .channel, count: max(0, named - kinds.count))
    kinds = chance.shuffled(kinds)
    func ids(_ kind: WorkloadRule.Kind, _ chance: inout SeededRandom) -> [String] {
      (0..<max(2, kinds.count { $0 == kind } / 2)).map { _ in WordGenerator.id(&chance) }
    }
    channels = ids(.channel, &chance)
    users = ids(.user, &chance)
    teams = (0..<12).map { _ in WordGenerator.id(&chance) }
    for kind in kinds { rules.append(rule(kind, &chance)) }
    rules.append(WorkloadRule(kind: .last))
  }

  private mutating func rule(_ kind: WorkloadRule.Kind, _ chance: inout SeededRandom) -> WorkloadRule {
    var rule = WorkloadRule(kind: kind)
    switch kind {
    case .channel:
      let size = chance.one([(1...1, weight: 50), (2...8, weight: 48), (50...200, weight: 2)])
      rule.channels = some(of: channels, size, &chance)
      if chance.holds(0.15) { rule.users = some(of: users, 2...6, &chance) }
      rule.trigger = chance.one([
        (.mention, weight: 60), (.any, weight: 15), (.command, weight: 10), (.thread, weight: 10), (.files, weight: 5),
      ])
    case .user:
      rule.users = some(of: users, chance.holds(0.6) ? 1...1 : 2...6, &chance)
      rule.trigger = chance.one([(.direct, weight: 55), (.mention, weight: 35), (.any, weight: 10)])
    case .command:
      let isNumbered = chance.holds(0.5)
      let word = words.fresh(&chance, isNumbered ? 2...3 : 3...4)
      rule.command = isNumbered ? "\(word)-\(chance.number(1...99))" : word
      if chance.holds(0.2) { rule.team = chance.one(teams) }
    case .literal:
      let word = words.fresh(&chance, 3...4)
      rule.literal = chance.holds(0.6) ? word : word + " " + WordGenerator.word(&chance, 2...3)
    case .expression: rule.expression = SampledExpression(&chance, word: words.fresh(&chance, 3...4))
    case .last: break
    }
    return rule
  }

  private func some(of all: [String], _ size: ClosedRange<Int>, _ chance: inout SeededRandom) -> [String] {
    let count = chance.number(size)
    return Set((0..<count).map { _ in chance.one(all) }).sorted()
  }
}
