internal import TextMatch
import Vocabulary

/// An event beside what is worked out from it once and asked often.
struct Facts {
  let event: Event
  let command: CommandText?
  let commandIndex: Int?
  private let matcher: TextMatcher?
  private var hits: PatternHits?

  init(_ event: Event, rules: RuleTracer) {
    self.event = event
    matcher = rules.matcher
    command = CommandText(event.body, prefixes: rules.ruleSet.commands.prefixes)
    commandIndex = command.flatMap { rules.commandIndices[$0.name.lowercased()] }
  }

  /// The first condition that does not hold, in the order of `ConditionKey`, or nil where all hold.
  mutating func firstFailure(of condition: TracedCondition) -> ConditionKey? {
    if let authors = condition.authors, !authors.contains(event.author) { return .author }
    if let isEdit = condition.isEdit, isEdit != event.isEdit { return .edited }
    if let triggers = condition.triggers, !holds(any: triggers, mention: condition.mention) { return .trigger }
    if let kinds = condition.kinds, !kinds.contains(event.channel.kind) { return .kind }
    if let channels = condition.channels, !channels.contains(event.channel.id) { return .channel }
    if let users = condition.users, !users.contains(event.user.id) { return .user }
    if let teams = condition.teams, !teams.contains(event.team) { return .team }
    if let reach = condition.mention, !holds(reach, triggers: condition.triggers) { return .mention }
    if let commands = condition.commands, commandIndex.map(commands.contains) != true { return .command }
    if let thread = condition.thread, (thread == .reply) != (event.thread.root != nil) { return .thread }
    if let hasFiles = condition.hasFiles, hasFiles != event.hasFiles { return .files }
    if let time = condition.time, !time.contains(milliseconds: event.milliseconds) { return .time }
    for part in condition.not where firstFailure(of: part) == nil { return .not }
    if !condition.any.isEmpty, !holds(any: condition.any) { return .any }
    for patterns in condition.text where !holds(any: patterns) { return .text }
    return nil
  }

  private func holds(any triggers: CaseSet<Trigger>, mention: MentionReach?) -> Bool {
    triggers.contains { trigger in
      switch trigger {
      case .message: true
      case .mention: event.mention.isWithin(mention ?? .direct)
      case .dm: event.channel.kind == .direct
      case .command: command != nil
      case .thread: if case .reply(_, joined: true) = event.thread { true } else { false }
      }
    }
  }

  /// Beside the trigger `mention`, the reach only says which mentions count for it.
  private func holds(_ reach: MentionReach, triggers: CaseSet<Trigger>?) -> Bool {
    triggers?.contains(.mention) == true || event.mention.isWithin(reach)
  }

  private mutating func holds(any conditions: [TracedCondition]) -> Bool {
    for condition in conditions where firstFailure(of: condition) == nil { return true }
    return false
  }

  /// The text is scanned when the first rule asks for it, and once for all rules.
  private mutating func holds(any patterns: [Int]) -> Bool {
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
