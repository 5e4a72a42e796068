import RuleEngine

extension Values {
  /// A scope, or a map with it.
  static let session: ValueReader<SessionPolicy> = ValueReader(
    type: .either([Schema.Session.scope.row.type, .section("session")])
  ) { node, key, reader in
    guard case .mapping = node.value else {
      return reader.read(Schema.Session.scope.reader, node, key).map { SessionPolicy(scope: $0) }
    }
    guard let fields = reader.fields(node, as: Schema.Session.section, key) else { return nil }
    return SessionPolicy(
      scope: reader.value(Schema.Session.scope, in: fields) ?? .channel,
      idleSeconds: reader.value(Schema.Session.idle, in: fields),
      turns: reader.value(Schema.Session.turns, in: fields),
      context: reader.value(Schema.Session.context, in: fields))
  }

  static let reply: ValueReader<ReplyPolicy> = ValueReader(type: .section("reply")) { node, key, reader in
    guard let fields = reader.fields(node, as: Schema.Reply.section, key) else { return nil }
    return ReplyPolicy(
      to: reader.value(Schema.Reply.to, in: fields) ?? .auto,
      stream: reader.value(Schema.Reply.stream, in: fields) ?? false,
      reactions: reader.value(Schema.Reply.reactions, in: fields) ?? .progress,
      mentionSender: reader.value(Schema.Reply.mentionSender, in: fields) ?? false,
      maxLength: reader.value(Schema.Reply.maxLength, in: fields) ?? ReplyPolicy.defaultMaxLength)
  }

  /// `true`, `false` or `all`.
  static let reactions: ValueReader<ReplyReactions> = ValueReader(
    type: .either([.boolean, .choice([ReplyReactions.all.rawValue])])
  ) { node, key, reader in
    if case .scalar(let text, let style) = node.value, style != .plain, text.isBoolean {
      reader.diagnostics.add(.wrongType(key, expected: .boolean, found: node))
      return nil
    }
    return reader.read(choice(ReplyReactions.self), node, key)
  }

  /// A mode, or a map with it.
  static let busy: ValueReader<BusyPolicy> = ValueReader(
    type: .either([Schema.Busy.mode.row.type, .section("busy")])
  ) { node, key, reader in
    guard case .mapping = node.value else {
      return reader.read(Schema.Busy.mode.reader, node, key).map { BusyPolicy(mode: $0) }
    }
    guard let fields = reader.fields(node, as: Schema.Busy.section, key) else { return nil }
    return BusyPolicy(
      mode: reader.value(Schema.Busy.mode, in: fields) ?? .queue,
      max: reader.value(Schema.Busy.max, in: fields) ?? BusyPolicy.defaultMax)
  }
}

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
    if range == nil { reader.diagnostics.add(.badMediaRange(text, at: node.span)) }
    return range
  }
}

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

extension Values {
  static let turns: ValueReader<TurnLimits> = ValueReader(type: .section("turns")) { node, key, reader in
    guard let fields = reader.fields(node, as: Schema.Turns.section, key) else { return nil }
    let max = reader.value(Schema.Turns.max, in: fields) ?? TurnLimits.defaultMax
    let perUser = reader.value(Schema.Turns.perUser, in: fields)
    if let perUser, perUser > max, let span = fields[Schema.Turns.perUser]?.value.span {
      reader.diagnostics.add(.outOfRange(Schema.Turns.perUser.row.name, "\(perUser)", 1...max, at: span))
    }
    return TurnLimits(max: max, perUser: perUser)
  }
}
