/// The names that a rule set uses for users, channels and teams: what a directory must be asked for.
package struct ReferencedNames: Sendable, Equatable {
  /// Of users.
  package private(set) var users: Set<String> = []
  /// Of channels.
  package private(set) var channels: Set<String> = []
  /// Of teams.
  package private(set) var teams: Set<String> = []

  /// Collects them from everywhere in `ruleSet` where an event is compared with a name.
  package init(in ruleSet: RuleSet) {
    users.formUnion(ruleSet.access.users.names)
    for agent in ruleSet.agents { users.formUnion(agent.approvers.names) }
    for binding in ruleSet.commands.bindings { users.formUnion(binding.users.names) }
    for rule in ruleSet.rules { collect(rule.when) }
  }

  private mutating func collect(_ condition: Condition) {
    users.formUnion(condition.users?.names ?? [])
    channels.formUnion(condition.channels?.names ?? [])
    teams.formUnion(condition.teams?.names ?? [])
    for part in condition.not + condition.any { collect(part) }
  }
}
