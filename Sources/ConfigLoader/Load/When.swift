import RuleEngine
import Vocabulary

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
    var condition = Condition()
    condition.triggers = value(Schema.When.trigger, in: fields)
    condition.mention = value(Schema.When.mention, in: fields)
    condition.channels = value(Schema.When.channel, in: fields)
    condition.teams = value(Schema.When.team, in: fields)
    condition.users = value(Schema.When.user, in: fields)
    condition.kinds = value(Schema.When.kind, in: fields)
    condition.authors = value(Schema.When.author, in: fields)
    condition.commands = value(Schema.When.command, in: fields)
    condition.text = value(Schema.When.text, in: fields) ?? []
    condition.hasFiles = value(Schema.When.files, in: fields)
    condition.thread = value(Schema.When.thread, in: fields)
    condition.isEdit = value(Schema.When.edited, in: fields)
    condition.time = value(Schema.When.time, in: fields)
    condition.not = value(Schema.When.not, in: fields) ?? []
    condition.any = value(Schema.When.any, in: fields) ?? []
    return condition
  }
}

extension Condition {
  /// A condition for each key that is stated; `mention` says which mentions `trigger` means, so they stay together.
  fileprivate var onePerKey: [Condition] {
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
    part(\.thread)
    part(\.isEdit)
    part(\.time)
    part(\.not)
    part(\.any)
    return parts
  }
}
