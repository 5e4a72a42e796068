import RuleEngine

extension Values {
  static let turns: ValueReader<TurnLimits> = ValueReader(type: .section("turns")) { node, key, reader in
    guard let fields = reader.fields(node, as: Schema.Turns.section, key) else { return nil }
    let max = reader.value(Schema.Turns.max, in: fields) ?? TurnLimits.defaultMax
    let perUser = reader.value(Schema.Turns.perUser, in: fields)
    if let perUser, perUser > max, let span = fields[Schema.Turns.perUser]?.value.span {
      reader.findings.add(.outOfRange(Schema.Turns.perUser.row.name, "\(perUser)", 1...max, at: span))
    }
    return TurnLimits(max: max, perUser: perUser)
  }
}
