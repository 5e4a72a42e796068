/// The ids of the names in a rules file, according to the server.
///
/// Rules match ids, so that the next owner of a name does not inherit its permissions.
package struct NameDirectory: Sendable, Equatable {
  /// The id of each user name.
  package var users: [String: String]
  /// The ids of each channel name: several teams may have a channel of one name.
  package var channels: [String: Set<String>]
  /// The id of each team name.
  package var teams: [String: String]

  /// Creates a directory. In an empty one, every name is its own id, as in a file's tests.
  package init(
    users: [String: String] = [:], channels: [String: Set<String>] = [:], teams: [String: String] = [:]
  ) {
    self.users = users
    self.channels = channels
    self.teams = teams
  }

  /// Returns the ids of a name. An unknown name is returned as it is: it is an id already, or matches nothing.
  package func ids(of name: String, _ field: NameField) -> Set<String> {
    var ids: Set<String> = []
    forEachID(of: name, field) { ids.insert($0) }
    return ids
  }

  /// Calls a closure with each id of a name. Unlike `ids`, it creates no set, which matters for each name of a large file.
  func forEachID(of name: String, _ field: NameField, _ body: (String) -> Void) {
    switch field {
    case .channel: if let ids = channels[name] { ids.forEach(body) } else { body(name) }
    case .user: body(users[name] ?? name)
    case .team: body(teams[name] ?? name)
    case .command: body(name)
    }
  }
}

/// The names that a rule set uses for users, channels and teams: those that a directory has to resolve.
package struct ReferencedNames: Sendable, Equatable {
  package private(set) var users: Set<String> = []
  package private(set) var channels: Set<String> = []
  package private(set) var teams: Set<String> = []

  /// Collects the names that `ruleSet` compares with those of events.
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
