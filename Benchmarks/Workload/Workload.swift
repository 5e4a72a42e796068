package import Core

/// Rules and events like those of a busy server. The last rule matches all events; it decides about a third of them.
///
/// Of the rules, 60 % name channels, 20 % users, 10 % commands, 5 % a literal and 5 % a regular expression.
package struct Workload {
  package let rules: [WorkloadRule]
  package let drawn: [WorkloadEvent]

  /// The events, in order.
  package var events: [Event] { drawn.map(\.event) }

  /// Generates rules and events. Equal numbers generate equal workloads.
  package init(rules count: Int, events eventCount: Int) {
    let seed = UInt64(20_260_901 + count)
    var chance = SeededRandom(seed: seed)
    let rules = RuleGenerator(count: count, &chance)
    // The share of events that are generated for a rule, so that 30 % are left for the last rule.
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

  /// The names of the rules that decide the events, found by trying one rule after another.
  package var expected: [String] { drawn.map { Self.name(rules.firstMatch($0) ?? 0) } }

  static func name(_ index: Int) -> String {
    let digits = String(index)
    return "r" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits
  }
}

extension Workload {
  /// The rules file.
  package var yaml: String {
    var lines = ["version: 1", "access: { users: '*' }", "agents:", "  echo: { type: echo }"]
    let commands = Set(rules.compactMap(\.command)).sorted()
    if !commands.isEmpty {
      lines += ["commands:", "  prefixes: [/]", "  bind:"] + commands.map { "    \($0): { say: done }" }
    }
    lines.append("rules:")
    for (index, rule) in rules.enumerated() {
      lines.append("  - name: \(Self.name(index))")
      if let when = rule.when { lines.append("    when: { \(when) }") }
      lines.append(rule.kind == .last ? "    ignore: true" : "    agent: echo")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The lines of the event file.
  package var eventLines: [String] { drawn.map(\.line) }
}

extension WorkloadRule {
  fileprivate var when: String? {
    func listed(_ names: [String]) -> String { names.count == 1 ? names[0] : "[\(names.joined(separator: ", "))]" }
    var keys: [String] = []
    if !channels.isEmpty { keys.append("channel: \(listed(channels))") }
    if !users.isEmpty { keys.append("user: \(listed(users))") }
    if let team { keys.append("team: \(team)") }
    if let command { keys.append("command: \(command)") }
    switch trigger {
    case .mention: keys.append("trigger: mention")
    case .direct: keys.append("trigger: dm")
    case .command: keys.append("trigger: command")
    case .thread: keys.append("thread: reply")
    case .files: keys.append("files: true")
    case .any: break
    }
    if let literal { keys.append("text: { contains: '\(literal)', case: sensitive }") }
    if let expression { keys.append("text: { matches: '\(expression.pattern)', case: sensitive }") }
    return keys.isEmpty ? nil : keys.joined(separator: ", ")
  }
}
