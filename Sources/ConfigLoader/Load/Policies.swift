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
      reactions: reader.value(Schema.Reply.reactions, in: fields) ?? true,
      mentionSender: reader.value(Schema.Reply.mentionSender, in: fields) ?? false,
      maxLength: reader.value(Schema.Reply.maxLength, in: fields) ?? ReplyPolicy.defaultMaxLength)
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
