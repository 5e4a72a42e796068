import Core
import RuleEngine

extension Values {
  static let when: ValueReader<Condition> = ValueReader(type: .section("when")) { node, key, reader in
    reader.fields(node, as: Schema.When.section, key).map { reader.condition($0) }
  }

  /// What must not hold: one condition a key, so that none of the keys may hold.
  static let negatedWhen: ValueReader<[Condition]> = ValueReader(type: .section("when")) { node, key, reader in
    reader.read(when, node, key)?.onePerKey
  }

  static let anyWhen: ValueReader<[Condition]> = oneOrMany(when)

  /// Who writes to a bot. Its own posts and the server's never reach a rule.
  static let authors: ValueReader<CaseSet<Author>> = choices(Author.self, of: [.human, .bot, .webhook, .plugin])
}

extension RulesReader {
  fileprivate mutating func condition(_ fields: Fields) -> Condition {
    Condition(
      triggers: value(Schema.When.trigger, in: fields),
      mention: value(Schema.When.mention, in: fields),
      channels: value(Schema.When.channel, in: fields),
      teams: value(Schema.When.team, in: fields),
      users: value(Schema.When.user, in: fields),
      kinds: value(Schema.When.kind, in: fields),
      authors: value(Schema.When.author, in: fields),
      commands: value(Schema.When.command, in: fields),
      text: value(Schema.When.text, in: fields) ?? [],
      hasFiles: value(Schema.When.files, in: fields),
      isRemote: value(Schema.When.remote, in: fields),
      thread: value(Schema.When.thread, in: fields),
      isEdit: value(Schema.When.edited, in: fields),
      time: value(Schema.When.time, in: fields),
      not: value(Schema.When.not, in: fields) ?? [],
      any: value(Schema.When.any, in: fields) ?? [])
  }
}

extension Condition {
  /// A condition for each key that is stated; `mention` says which mentions `trigger` means, so they stay together.
  var onePerKey: [Condition] {
    var parts: [Condition] = []
    func part<Value>(_ key: WritableKeyPath<Condition, Value?>) {
      guard let value = self[keyPath: key] else { return }
      var part = Condition()
      part[keyPath: key] = value
      parts.append(part)
    }
    func part<Value>(_ key: WritableKeyPath<Condition, [Value]>) {
      guard !self[keyPath: key].isEmpty else { return }
      var part = Condition()
      part[keyPath: key] = self[keyPath: key]
      parts.append(part)
    }
    if triggers == nil {
      part(\.mention)
    } else {
      var calls = Condition()
      calls.triggers = triggers
      calls.mention = mention
      parts.append(calls)
    }
    part(\.channels)
    part(\.teams)
    part(\.users)
    part(\.kinds)
    part(\.authors)
    part(\.commands)
    part(\.text)
    part(\.hasFiles)
    part(\.isRemote)
    part(\.thread)
    part(\.isEdit)
    part(\.time)
    part(\.not)
    part(\.any)
    return parts
  }
}
