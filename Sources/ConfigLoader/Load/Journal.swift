import RuleEngine

extension Values {
  static let journal: ValueReader<JournalPolicy> = ValueReader(type: .section("journal")) { node, key, reader in
    guard let fields = reader.fields(node, as: Schema.Journal.section, key) else { return nil }
    return JournalPolicy(
      facts: reader.value(Schema.Journal.facts, in: fields) ?? true,
      text: reader.value(Schema.Journal.text, in: fields) ?? false,
      keepSeconds: reader.value(Schema.Journal.keep, in: fields) ?? JournalPolicy.defaultKeepSeconds,
      maxEvents: reader.value(Schema.Journal.maxEvents, in: fields) ?? JournalPolicy.defaultMaxEvents)
  }
}
