import RuleEngine

extension Values {
  static let intake: ValueReader<IntakePolicy> = ValueReader(type: .section("intake")) { node, key, reader in
    guard let fields = reader.fields(node, as: Schema.Intake.section, key) else { return nil }
    return IntakePolicy(
      maxAgeSeconds: reader.value(Schema.Intake.maxAge, in: fields) ?? IntakePolicy.defaultMaxAgeSeconds,
      pollSeconds: reader.value(Schema.Intake.poll, in: fields) ?? IntakePolicy.defaultPollSeconds,
      bots: reader.value(Schema.Intake.bots, in: fields) ?? IntakePolicy.defaultBots)
  }
}
