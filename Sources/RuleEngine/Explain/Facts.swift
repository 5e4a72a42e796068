import Core
internal import TextMatch

/// An event beside what is worked out from it once and asked often.
struct Facts {
  let event: Event
  let command: SlashCommand?
  let commandIndex: Int?
  private let matcher: TextMatcher?
  private var hits: PatternHits?

  init(_ event: Event, rules: RuleTracer) {
    self.event = event
    matcher = rules.matcher
    command = SlashCommand(event, prefixes: rules.ruleSet.commands.prefixes)
    commandIndex = command.flatMap { rules.commandIndices[$0.name.lowercased()] }
  }

  /// The first condition that does not hold, in the order of `ConditionKey`, or nil where all hold.
  mutating func firstFailure(of condition: TracedCondition) -> ConditionKey? {
    for key in ConditionKey.allCases where !holds(key, of: condition) { return key }
    return nil
  }

  /// Whether one of a condition's keys holds; one that it does not state does.
  mutating func holds(_ key: ConditionKey, of condition: TracedCondition) -> Bool {
    switch key {
    case .author: condition.authors?.contains(event.author) ?? true
    case .edited: condition.isEdit.map { $0 == event.isEdit } ?? true
    case .trigger: condition.triggers.map { !$0.isDisjoint(with: triggers(condition.mention)) } ?? true
    case .kind: condition.kinds?.contains(event.channel.kind) ?? true
    case .channel: condition.channels?.contains(event.channel.id) ?? true
    case .user: condition.users?.contains(event.user.id) ?? true
    case .team: condition.teams?.contains(event.team) ?? true
    // Beside the trigger `mention`, the reach only says which mentions count for it.
    case .mention:
      condition.triggers?.contains(.mention) == true || condition.mention.map(event.mention.isWithin) ?? true
    case .command: condition.commands.map { commandIndex.map($0.contains) ?? false } ?? true
    case .thread: condition.thread.map { ($0 == .reply) == (event.thread.root != nil) } ?? true
    case .files: condition.hasFiles.map { $0 == event.hasFiles } ?? true
    case .remote: condition.isRemote.map { $0 == event.isRemote } ?? true
    case .time: condition.time?.contains(milliseconds: event.milliseconds) ?? true
    case .not: firstHolding(condition.not) == nil
    case .any: condition.any.isEmpty || firstHolding(condition.any) != nil
    case .text: firstMissing(condition.text) == nil
    }
  }

  /// Which of several conditions is the first that holds.
  mutating func firstHolding(_ conditions: [TracedCondition]) -> Int? {
    for (index, condition) in conditions.enumerated() where firstFailure(of: condition) == nil { return index }
    return nil
  }

  /// Which of a condition's text tests is the first that does not hold.
  mutating func firstMissing(_ tests: [[Int]]) -> Int? {
    for (index, patterns) in tests.enumerated() where !finds(any: patterns) { return index }
    return nil
  }

  /// Why the event may concern the bot, where mentions count so far.
  func triggers(_ reach: MentionReach?) -> CaseSet<Trigger> {
    var triggers: CaseSet<Trigger> = [.message]
    if event.mention.isWithin(reach ?? .direct) { triggers.insert(.mention) }
    if event.channel.kind == .direct { triggers.insert(.dm) }
    if command != nil { triggers.insert(.command) }
    if case .reply(_, joined: true) = event.thread { triggers.insert(.thread) }
    return triggers
  }

  /// The text is scanned when the first rule asks for it, and once for all rules.
  private mutating func finds(any patterns: [Int]) -> Bool {
    guard let matcher else { return false }
    let hits = hits ?? matcher.hits(in: event.body)
    self.hits = hits
    return patterns.contains(where: hits.contains)
  }
}

extension Mention {
  fileprivate func isWithin(_ reach: MentionReach) -> Bool {
    switch reach {
    case .direct: self == .direct
    case .channelWide: self != .none
    }
  }
}
