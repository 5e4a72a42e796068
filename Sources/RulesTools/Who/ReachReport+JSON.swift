import ConfigLoader
import Core
import RuleAnalysis
import RuleEngine

extension ReachReport {
  /// One JSON document. Names are `{"only": […]}` or `{"all_but": […]}`; an empty `all_but` means all.
  package var json: String {
    let document: JSON = [
      "version": 1, "agent": .string(reach.agent), "users": reach.users.json,
      "complete": .bool(reach.isComplete), "ways": .array(zip(reach.routes, examples).map(json)),
    ]
    return document.lines
  }

  private func json(_ way: AgentReach.Route, _ example: Event?) -> JSON {
    let rule = rules.rules[way.rule]
    return [
      "rule": .string(rule.name), "file": .string(rule.location.file), "line": .int(rule.location.line),
      "command": way.command.map { .string(rules.commands.bindings[$0].name) } ?? .null, "users": way.users.json,
      "authors": .array(way.authors.map { .string($0.rawValue) }), "channels": way.channels.json,
      "kinds": .array(way.kinds.map { .string($0.rawValue) }), "teams": way.teams.json,
      "triggers": .array(way.triggers.map { .string($0.rawValue) }),
      "further": .array(rule.when.additionalConditions.map { .string($0) }),
      "taken_by": .array(way.maskingRules.map { .string(rules.rules[$0].name) }), "exact": .bool(way.isExact),
      "example": example.map { $0.given(withMoment: asksTime, bot: bot) } ?? .null,
    ]
  }
}

extension NameScope {
  fileprivate var json: JSON {
    let names = JSON.array(names.map { .string($0) })
    return isAllBut ? ["all_but": names] : ["only": names]
  }
}
