import RuleEngine

extension Values {
  static let intake: ValueReader<IntakePolicy> = ValueReader(type: .section("intake")) { node, key, reader in
    guard let fields = reader.fields(node, as: Schema.Intake.section, key) else { return nil }
    return IntakePolicy(
      maxAgeSeconds: reader.value(Schema.Intake.maxAge, in: fields) ?? IntakePolicy.defaultMaxAgeSeconds,
      pollSeconds: reader.value(Schema.Intake.poll, in: fields) ?? IntakePolicy.defaultPollSeconds,
      bots: reader.value(Schema.Intake.bots, in: fields) ?? IntakePolicy.defaultBots,
      filesMax: reader.value(Schema.Intake.maxFiles, in: fields) ?? IntakePolicy.defaultFilesMax,
      fileBytesMax: reader.value(Schema.Intake.maxFileSize, in: fields) ?? IntakePolicy.defaultFileBytesMax,
      fileTypes: reader.value(Schema.Intake.fileTypes, in: fields) ?? [.any])
  }

  /// A media type, or a range of them: `image/png`, `image/*`.
  static let mediaRange: ValueReader<MediaRange> = ValueReader(type: .mediaRange) { node, key, reader in
    guard let text = reader.read(text(as: .mediaRange), node, key) else { return nil }
    let range = MediaRange(text)
    if range == nil { reader.findings.add(.badMediaRange(text, at: node.span)) }
    return range
  }
}
