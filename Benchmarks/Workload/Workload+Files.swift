extension Workload {
  /// The rules as a rules file.
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

  /// The events as the lines of an event file.
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
