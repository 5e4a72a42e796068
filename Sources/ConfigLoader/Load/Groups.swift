import RuleEngine

/// A group's names, by what they name.
struct GroupNames: Sendable, Equatable {
  var users: NameSet?
  var channels: NameSet?
  var teams: NameSet?

  subscript(role: NameRole) -> NameSet? {
    switch role {
    case .user: users
    case .channel: channels
    case .team: teams
    case .agent, .command, .rule: nil
    }
  }
}

extension Values {
  /// The groups; they are kept for whoever names them.
  static let groups: ValueReader<Void> = ValueReader(type: .named(.section("group"), .plain)) { node, key, reader in
    if case .mapping = node.value {} else { reader.groupsAreUnread = true }
    for entry in reader.entries(node, key, as: .named(.section("group"), .plain)) {
      guard let name = reader.declaredName(entry) else { continue }
      reader.groupSpans[name] = entry.keySpan
      reader.peopleVariables = PeopleVariables()
      // A group that cannot be read is still no undefined one.
      reader.groups[name] = reader.read(group, entry.value, name) ?? GroupNames(users: NameSet([]))
      reader.groupVariables[name] = reader.peopleVariables
    }
  }

  private static let group: ValueReader<GroupNames> = ValueReader(type: .section("group")) { node, key, reader in
    guard let fields = reader.fields(node, as: Schema.Group.section, key) else { return nil }
    return GroupNames(
      users: reader.value(Schema.Group.users, in: fields), channels: reader.value(Schema.Group.channels, in: fields),
      teams: reader.value(Schema.Group.teams, in: fields))
  }
}

extension RulesReader {
  /// The entries of a map from names to values.
  mutating func entries(_ node: ConfigNode, _ key: String, as type: SchemaType) -> [ConfigEntry] {
    if case .mapping(let entries) = node.value { return entries }
    findings.add(.wrongType(key, expected: type, found: node))
    return []
  }

  /// The name under which a group or an agent is declared: letters, digits, `.`, `-` and `_`.
  mutating func declaredName(_ entry: ConfigEntry) -> String? {
    if entry.key.isEmpty || !entry.key.unicodeScalars.allSatisfy(\.isOfAName) {
      findings.add(.badDeclaredName(entry.key, at: entry.keySpan))
      return nil
    }
    return entry.key
  }
}

extension Unicode.Scalar {
  /// Whether it may stand in the name of a group or an agent.
  var isOfAName: Bool {
    properties.isAlphabetic || properties.numericType != nil || "._-".unicodeScalars.contains(self)
  }
}
