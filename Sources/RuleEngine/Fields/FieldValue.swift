/// The requirement of a condition on one field.
package enum FieldValue: Sendable, Equatable {
  /// The values that are allowed, among the bits of the field's domain.
  case facts(FactBits)
  case triggers(CaseSet<Trigger>)
  case reach(MentionReach)
  case names(NameSet)
  case commands(Set<String>)
  case text([TextTest])
  case time(TimeWindow)
  case conditions([Condition])
}

extension FieldValue {
  /// The values in the words of a rules file; empty for texts and nested conditions.
  package func words(of field: Field) -> [String] {
    switch self {
    case .facts(let bits): field.domain?.options(within: bits).map(\.word) ?? []
    case .triggers(let triggers): triggers.map(\.rawValue)
    case .reach(let reach): [reach.rawValue]
    case .names(let names): names.words
    case .commands(let names): names.sorted()
    case .time(let window): [window.words]
    case .text, .conditions: []
    }
  }
}

extension Condition {
  /// The requirement on a field; `nil` if there is none.
  package subscript(key: ConditionKey) -> FieldValue? {
    get { self[key.field] }
    set { self[key.field] = newValue }
  }

  /// The requirement on a field; `nil` if there is none.
  package subscript(field: Field) -> FieldValue? {
    get {
      switch field.test {
      case .options: return field.domain.flatMap { self[$0].map { .facts($0) } }
      case .trigger: return triggers.map { .triggers($0) }
      case .reach: return mention.map { .reach($0) }
      case .names(.channel): return channels.map { .names($0) }
      case .names(.user): return users.map { .names($0) }
      case .names(.team): return teams.map { .names($0) }
      case .names(.command): return commands.map { .commands($0) }
      case .text: return text.isEmpty ? nil : .text(text)
      case .time: return time.map { .time($0) }
      case .not: return not.isEmpty ? nil : .conditions(not)
      case .any: return any.isEmpty ? nil : .conditions(any)
      }
    }
    set {
      switch field.test {
      case .options: if let domain = field.domain { self[domain] = newValue?.facts }
      case .trigger: triggers = newValue?.triggers
      case .reach: mention = newValue?.reach
      case .names(.channel): channels = newValue?.names
      case .names(.user): users = newValue?.names
      case .names(.team): teams = newValue?.names
      case .names(.command): commands = newValue?.commands
      case .text: text = newValue?.text ?? []
      case .time: time = newValue?.time
      case .not: not = newValue?.conditions ?? []
      case .any: any = newValue?.conditions ?? []
      }
    }
  }

  /// Returns the names of which a field must have one; `nil` if it may have any.
  package func names(_ field: NameField) -> NameSet? {
    switch field {
    case .channel: channels
    case .user: users
    case .command: commands.map { NameSet($0) }
    case .team: teams
    }
  }

  /// The value that a flag must have; `nil` if it may have both.
  package subscript(flag key: ConditionKey) -> Bool? {
    get { key.field.domain.flatMap { domain in self[domain].map { $0 == domain.bit(of: "true") } } }
    set { if let domain = key.field.domain { self[domain] = newValue.map { domain.bit(of: "\($0)") } } }
  }

  /// All requirements, in the order of the reference.
  package var fields: [(key: ConditionKey, value: FieldValue)] {
    Field.all.compactMap { field in self[field].map { (field.key, $0) } }
  }

  /// The keys that are evaluated, in that order. Beside the trigger `mention`, the key `mention` only says which
  /// mentions count for it.
  package var keys: [ConditionKey] {
    Field.inEvaluationOrder.compactMap { field in
      guard self[field] != nil, field.key != .mention || triggers?.contains(.mention) != true else { return nil }
      return field.key
    }
  }

  /// Returns the requirement of a key in the words of a rules file; empty for `text`, `not` and `any`.
  package func words(for key: ConditionKey) -> [String] { self[key]?.words(of: key.field) ?? [] }
}

extension FieldValue {
  fileprivate var facts: FactBits? { if case .facts(let bits) = self { bits } else { nil } }
  fileprivate var triggers: CaseSet<Trigger>? { if case .triggers(let triggers) = self { triggers } else { nil } }
  fileprivate var reach: MentionReach? { if case .reach(let reach) = self { reach } else { nil } }
  fileprivate var names: NameSet? { if case .names(let names) = self { names } else { nil } }
  fileprivate var commands: Set<String>? { if case .commands(let names) = self { names } else { nil } }
  fileprivate var text: [TextTest]? { if case .text(let tests) = self { tests } else { nil } }
  fileprivate var time: TimeWindow? { if case .time(let window) = self { window } else { nil } }
  fileprivate var conditions: [Condition]? { if case .conditions(let conditions) = self { conditions } else { nil } }
}

extension NameSet {
  /// The names in alphabetical order, after `*` if that is among them.
  package var words: [String] { isEveryone ? ["*"] + names : names }
}
