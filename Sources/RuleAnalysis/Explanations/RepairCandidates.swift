import Core
import RuleEngine

/// The changes of an event that a condition suggests: those that may make it hold, and those that may make it fail.
///
/// A candidate is tested by deciding the changed event.
struct RepairCandidates {
  let ruleSet: RuleSet
  let event: Event

  /// Returns changes that may make a failing key hold.
  func holding(
    _ key: ConditionKey, of condition: TracedCondition, _ stated: Condition, _ event: inout TracedEvent
  ) -> [FactChange] {
    switch stated[key] {
    case .facts(let allowed): facts(key) { $0.isSubset(of: allowed) }
    case .triggers(let triggers): triggers.flatMap { trigger($0, stated) }
    case .reach: [.fact(.mention, Mention.direct.rawValue)]
    case .names(let names): few(names.names).map { .name(key.field.names, $0) }
    case .commands(let names): few(names.sorted()).map { command($0) }
    case .time(let window): moment(window, isInside: true)
    case .text(let tests): saying(event.firstMissing(condition.text).map { tests[$0] })
    case .conditions:
      if key == .not {
        event.firstHolding(condition.not).map { failing(condition.not[$0], stated.not[$0], &event) } ?? []
      } else {
        zip(condition.any, stated.any).flatMap { holdingFirst(of: $0, $1, &event) }
      }
    case nil: []
    }
  }

  /// Returns changes that may make a holding condition fail.
  func failing(_ condition: TracedCondition, _ stated: Condition, _ event: inout TracedEvent) -> [FactChange] {
    stated.keys.flatMap { key -> [FactChange] in
      switch stated[key] {
      case .facts(let allowed): return facts(key) { $0.isDisjoint(with: allowed) }
      case .triggers: return withoutTrigger
      case .reach: return [.fact(.mention, Mention.none.rawValue)]
      case .names: return otherName(key.field.names)
      case .commands, nil: return []
      case .time(let window): return moment(window, isInside: false)
      case .text(let tests): return tests.flatMap { few($0.patterns).map { .notSaying($0) } }
      case .conditions:
        if key == .not { return zip(condition.not, stated.not).flatMap { holdingFirst(of: $0, $1, &event) } }
        return event.firstHolding(condition.any).map { failing(condition.any[$0], stated.any[$0], &event) } ?? []
      }
    }
  }

  /// The users whom `access` allows.
  var allowedUsers: [FactChange] { few(ruleSet.access.users.names).map { .name(.user, $0) } }

  /// The commands that are bound, for a user who typed an unknown command or one that they may not use.
  var commands: [FactChange] { few(ruleSet.commands.bindings.map(\.name)).map { command($0) } }

  private func holdingFirst(
    of condition: TracedCondition, _ stated: Condition, _ event: inout TracedEvent
  ) -> [FactChange] {
    event.firstFailure(of: condition).map { holding($0, of: condition, stated, &event) } ?? []
  }

  /// Returns the options of a fact that `isWanted` accepts by their values.
  private func facts(_ key: ConditionKey, where isWanted: (FactBits) -> Bool) -> [FactChange] {
    guard let domain = key.field.domain else { return [] }
    return domain.options.filter { isWanted(domain.bits(of: $0)) }.map { .fact(key, domain.example(of: $0).word) }
  }

  private func otherName(_ field: NameField) -> [FactChange] {
    [.name(field, nil)] + (field == .user ? allowedUsers : [])
  }

  private func trigger(_ trigger: Trigger, _ stated: Condition) -> [FactChange] {
    switch trigger {
    case .message: []
    case .mention: [.fact(.mention, Mention.direct.rawValue)]
    case .dm: [.fact(.kind, ChannelKind.direct.rawValue)]
    case .thread: [.fact(.thread, "joined")]
    case .command: few(stated.commands?.sorted() ?? ruleSet.commands.bindings.map(\.name)).map { command($0) }
    }
  }

  private var withoutTrigger: [FactChange] {
    [.fact(.mention, Mention.none.rawValue), .fact(.thread, "root")]
      + ChannelKind.allCases.filter { $0 != .direct && $0 != event.channel.kind }.map { .fact(.kind, $0.rawValue) }
  }

  /// Returns the command as it can be typed: Mattermost's own client handles texts that begin with a slash.
  private func command(_ name: String) -> FactChange {
    let prefixes = ruleSet.commands.prefixes
    return .command((prefixes.first { $0 != "/" } ?? prefixes.first ?? "") + name)
  }

  private func saying(_ test: TextTest?) -> [FactChange] {
    test.map { test in few(test.patterns).map { .saying(test.kind == .matches ? $0.literal : $0, test.kind) } } ?? []
  }

  private func moment(_ window: TimeWindow, isInside: Bool) -> [FactChange] {
    guard let next = window.next(after: event.milliseconds, isInside: isInside) else { return [] }
    return [.moment(next, words: "\(window.words(at: next)) \(window.zone.name)")]
  }

  private func few<Element>(_ all: [Element]) -> ArraySlice<Element> { all.prefix(Limits.alternativesTriedMax) }
}

extension Field {
  /// The field of names that the key tests; commands have changes of their own.
  fileprivate var names: NameField { if case .names(let field) = test { field } else { .command } }
}

extension String {
  /// A regular expression without its anchors: if the rest is plain, it matches itself.
  fileprivate var literal: String {
    var text = self[...]
    for mark in ["^", #"\b"#] where text.hasPrefix(mark) { text = text.dropFirst(mark.count) }
    for mark in ["$", #"\b"#] where text.hasSuffix(mark) { text = text.dropLast(mark.count) }
    return String(text)
  }
}

extension TimeWindow {
  /// Returns the next moment inside or outside of the window, in milliseconds since 1970; `nil` if there is none within
  /// a week.
  func next(after milliseconds: Int64, isInside: Bool) -> Int64? {
    let seconds = milliseconds.dividedByFloor(1_000).quotient
    let local = zone.localSeconds(at: seconds)
    let today = local.dividedByFloor(86_400).quotient
    let jumps = zone.changes.filter { $0.at > seconds && $0.at < seconds &+ 10 * 86_400 }
    let offsets = Set([local &- seconds] + jumps.map { Int64($0.offset) })
    // The window can only open or close at the end of a range, at midnight, or when the clock jumps.
    let minutes = [0] + (hours ?? []).flatMap { [$0.start, $0.end] }
    let turns = (0...8).flatMap { day in
      minutes.flatMap { minute in
        offsets.map { (today &+ Int64(day)) * 86_400 &+ Int64(minute) * 60 &- $0 }
      }
    }
    return (turns + jumps.map(\.at)).map { $0 &* 1_000 }
      .filter { $0 > milliseconds && contains(milliseconds: $0) == isInside }.min()
  }
}
