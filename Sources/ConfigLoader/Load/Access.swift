import RuleEngine

extension Values {
  /// Who may talk to the bot; it is kept for the templates and tests that ask.
  static let access: ValueReader<Void> = ValueReader(type: .section("access")) { node, key, reader in
    guard let fields = reader.fields(node, as: Schema.Access.section, key) else { return nil }
    reader.hasAdmin = fields[Schema.Access.admin] != nil
    reader.peopleVariables = PeopleVariables()
    let users = reader.accessValue(Schema.Access.users, in: fields)
    reader.openAccess =
      users.map { users in
        users.isEveryone ? reader.peopleVariables.everyoneInsteadOf.map { .unset(variable: $0) } ?? .written : nil
      } ?? .notSaid
    reader.access = Access(
      users: users ?? .everyone, denied: reader.accessValue(Schema.Access.denied, in: fields),
      admin: reader.accessValue(Schema.Access.admin, in: fields))
  }
}

extension RulesReader {
  /// The value of a key of `access`, in which an empty variable is an error.
  fileprivate mutating func accessValue<Value>(_ key: Key<Value>, in fields: Fields) -> Value? {
    accessKey = key.row.name
    defer { accessKey = nil }
    return value(key, in: fields)
  }
}
