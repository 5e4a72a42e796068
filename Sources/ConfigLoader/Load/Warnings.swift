import Core
package import RuleEngine

extension RulesReader {
  /// Warns of a rule that is probably not meant as it is written.
  mutating func warn(about rule: Rule, at positions: RulePositions) {
    guard rule.action != .ignore, rule.mode == .live else { return }
    let machines = rule.when.askedAuthors.subtracting(.people)
    if !machines.isEmpty, rule.limit == LimitPolicy() {
      diagnostics.add(.botsWithoutLimit(rule.name, machines.map(\.rawValue).sorted(), at: positions.span(of: .author)))
    }
    if case .agent = rule.action, rule.when.takesProgramsOfAnyAccount {
      diagnostics.add(
        .programsOfAnyAccount(
          rule.name, machines.sorted { $0.rawValue < $1.rawValue }, at: positions.span(of: .author)))
    }
    if case .deny = rule.action { return }
    if rule.when.takesEverything {
      diagnostics.add(.everyMessage(rule.name, at: positions.span(of: .trigger)))
    }
  }

  /// Warns of a file that is probably not meant as it is written. It must have no errors.
  mutating func warn(about rules: RuleSet, rulesAt span: SourceSpan) {
    for (name, span) in agentSpans where !usedAgents.contains(name) { diagnostics.add(.unusedAgent(name, at: span)) }
    for (name, span) in groupSpans where !usedGroups.contains(name) { diagnostics.add(.unusedGroup(name, at: span)) }
    let acting = rules.rules.lazy.filter { $0.mode == .live && $0.action != .ignore }
    if !acting.contains(where: { $0.when.mayTakeDirectMessages }) {
      diagnostics.add(.noRuleForDirectMessages(at: span))
    }
    if !acting.contains(where: { $0.when.mayTakeMentions }) { diagnostics.add(.noRuleForMentions(at: span)) }
    // Built-in commands that the file does not bind have no span.
    let reachable = reachableCommands(under: acting)
    if let reachable {
      for binding in rules.commands.bindings where !reachable.contains(binding.name) {
        if let span = commandNames[binding.name]?.span { diagnostics.add(.unreachableCommand(binding.name, at: span)) }
      }
    }
    warnIfNobodyCanStop(rules, reachable: reachable, agentsAnswer: acting.contains(where: \.asksAgent), rulesAt: span)
  }

  private mutating func warnIfNobodyCanStop(
    _ rules: RuleSet, reachable: Set<String>?, agentsAnswer: Bool, rulesAt span: SourceSpan
  ) {
    guard agentsAnswer else { return }
    let stops = rules.commands.bindings.filter { $0.action == .builtin(.stop) }
    let canStop = stops.contains { binding in
      reachable?.contains(binding.name) ?? true && !binding.users.excludes(rules.access.users)
    }
    if canStop { return }
    let removed = removedCommands[BuiltinCommand.stop.rawValue]
    let bound = (stops.map(\.name) + [BuiltinCommand.stop.rawValue]).compactMap { commandNames[$0]?.span }.first
    diagnostics.add(
      .nobodyCanStop(
        at: removed ?? bound ?? span, removed: removed != nil, prefixes: rules.commands.prefixes))
  }
}

/// Returns the commands that may run under one of these rules; `nil` for all commands. Commands run only if an agent
/// would answer.
private func reachableCommands(under rules: some Sequence<Rule>) -> Set<String>? {
  var reachable: Set<String> = []
  for rule in rules {
    guard case .agent = rule.action else { continue }
    guard let commands = rule.when.commands else { return nil }
    reachable.formUnion(commands)
  }
  return reachable
}

extension Rule {
  fileprivate var asksAgent: Bool { if case .agent = action { true } else { false } }
}

extension NameSet {
  /// Returns whether the sets have no name in common.
  fileprivate func excludes(_ other: NameSet) -> Bool {
    !isEveryone && !other.isEveryone && Set(names).isDisjoint(with: other.names)
  }
}

/// In doubt, these properties assume that a message matches, so that no warning is wrong.
extension Condition {
  fileprivate var askedAuthors: CaseSet<Author> {
    any.reduce(authors ?? CaseSet()) { $0.union($1.askedAuthors) }
  }

  /// Indicates whether it matches bots, webhooks or plugins of any account.
  fileprivate var takesProgramsOfAnyAccount: Bool {
    if namesAccounts { return false }
    return !(authors ?? CaseSet()).subtracting(.people).isEmpty || any.contains { $0.takesProgramsOfAnyAccount }
  }

  private var namesAccounts: Bool {
    users.map { !$0.isEveryone } ?? false || !any.isEmpty && any.allSatisfy(\.namesAccounts)
  }

  private func isCalled(by calls: CaseSet<Trigger>) -> Bool { triggers.map { !$0.isDisjoint(with: calls) } ?? true }

  fileprivate var mayTakeDirectMessages: Bool {
    isCalled(by: [.dm, .message]) && kinds?.contains(.direct) ?? true && channels?.isEveryone ?? true
      && teams?.isEveryone ?? true && mention == nil && commands == nil && authors?.contains(.human) ?? true
      && self[flag: .edited] != true
  }

  fileprivate var mayTakeMentions: Bool {
    isCalled(by: [.mention, .message]) && kinds != [.direct] && commands == nil
      && authors?.contains(.human) ?? true && self[flag: .edited] != true
  }

  /// Indicates whether any post of a person in a public or private channel matches.
  fileprivate var takesEverything: Bool {
    isCalled(by: .everyMessage) && channels?.isEveryone ?? true && teams?.isEveryone ?? true
      && users?.isEveryone ?? true && kinds.map { !$0.isDisjoint(with: .ofTeams) } ?? true
      && authors?.contains(.human) ?? true && self[flag: .edited] != true
      && fields.allSatisfy { Self.judgedKeys.contains($0.key) }
  }

  /// The keys that `takesEverything` judges by their values.
  private static let judgedKeys: Set<ConditionKey> = [.trigger, .channel, .team, .user, .kind, .author, .edited]
}

// Constants, since an array literal of cases takes longer than the rest of a rule's warnings.
extension CaseSet<Author> {
  fileprivate static let people: Self = [.human]
}

extension CaseSet<Trigger> {
  fileprivate static let everyMessage: Self = [.message]
}

extension CaseSet<ChannelKind> {
  fileprivate static let ofTeams: Self = [.public, .private]
}

/// The positions of a rule and its conditions, for diagnostics about the whole rules.
package struct RulePositions: Sendable {
  /// The rule's first key.
  package let head: SourceSpan
  private var keys: [(key: ConditionKey, span: SourceSpan)] = []

  init(_ fields: Fields) {
    head = fields.head
    guard case .mapping(let entries)? = fields[Schema.RuleMap.when]?.value.value else { return }
    keys.reserveCapacity(entries.count)
    for entry in entries {
      if let key = ConditionKey(rawValue: entry.key) { keys.append((key, entry.value.headSpan)) }
    }
  }

  /// Returns the position of the value of a key of `when`; that of the rule if the key is not stated.
  package func span(of key: ConditionKey) -> SourceSpan { keys.first { $0.key == key }?.span ?? head }
}

/// The location of each key of each rule's `when`.
package struct ConditionLocations {
  private var rules: [[ConditionKey: FileLocation]] = []

  /// Finds the keys in the text of a file without errors.
  package init(_ source: SourceText) {
    guard case .sequence(let items)? = ConfigTree(source).root?[Schema.File.rules.row.name]?.value else { return }
    rules = items.map { rule in
      guard case .mapping(let entries)? = rule[Schema.RuleMap.when.row.name]?.value else { return [:] }
      return entries.reduce(into: [:]) { locations, entry in
        if let key = ConditionKey(rawValue: entry.key) { locations[key] = source.location(of: entry.keySpan) }
      }
    }
  }

  /// The keys of the rule at an index of the rule set.
  package func keys(ofRule index: Int) -> [ConditionKey: FileLocation] { index < rules.count ? rules[index] : [:] }
}

extension ConfigNode {
  /// The value of a key of this map.
  fileprivate subscript(key: String) -> ConfigNode? {
    guard case .mapping(let entries) = value else { return nil }
    return entries.first { $0.key == key }?.value
  }
}
