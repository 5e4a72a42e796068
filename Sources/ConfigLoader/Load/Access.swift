import RuleEngine

extension Values {
  /// Who may talk to the bot; it is kept for the templates and tests that ask.
  static let access: ValueReader<Void> = ValueReader(type: .section("access")) { node, key, reader in
    guard let fields = reader.fields(node, as: Schema.Access.section, key) else { return nil }
    reader.hasAdmin = fields[Schema.Access.admin] != nil
    reader.access = Access(
      users: reader.value(Schema.Access.users, in: fields) ?? .everyone,
      denied: reader.value(Schema.Access.denied, in: fields),
      admin: reader.value(Schema.Access.admin, in: fields))
  }
}
