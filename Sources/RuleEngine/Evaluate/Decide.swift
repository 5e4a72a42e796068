package import Core
internal import TextMatch

extension CompiledRules {
  /// Decides an event. Pure and total: the same event always leads to the same decision.
  ///
  /// Allocates no memory, except for the indices of shadow rules that match and for the hint at an unknown command.
  /// `RuleTracer` gives the reasons.
  package func decide(_ event: Event) -> Decision {
    switch event.author {
    case .own: return Decision(outcome: .silent(.own))
    case .system: return Decision(outcome: .silent(.system))
    case .human, .bot, .webhook, .plugin: break
    }
    let user = number(of: event.user.id)
    guard access.contains(user, in: numbers) else { return Decision(outcome: ruleSet.outcomeWithoutAccess(event)) }

    let command = prefixes.mayBegin(event.body) ? SlashCommand(event, prefixes: ruleSet.commands.prefixes) : nil
    let binding = command.flatMap { names.binding($0.name) }
    let facts = EventFacts(
      bits: facts.bits(of: event, isCommand: command != nil), user: user,
      channel: names.channels.number(of: event.channel.id.rawValue),
      team: names.teams.number(of: event.team?.rawValue ?? ""),
      command: binding.map { UInt32($0) } ?? NameTable.unknown)
    let found = find(event, facts)
    guard let winner = found.winner else { return Decision(outcome: .silent(.noRule), shadows: found.shadows) }
    let mayRun = binding.map { commandUsers[$0].contains(user, in: numbers) } ?? false
    let outcome = ruleSet.outcome(
      of: ruleSet.rules[winner].action, for: event, command: command, binding: binding, mayRun: mayRun)
    return Decision(outcome: outcome, rule: winner, shadows: found.shadows)
  }

  private func find(_ event: Event, _ facts: EventFacts) -> (winner: Int?, shadows: [Int]) {
    var search = RuleSearch(facts: facts, end: UInt32(ruleSet.rules.count))
    // The cheapest lists come first: the sooner an early rule is found, the fewer rules are left to evaluate.
    tryAll(postings.names.channel, facts.channel, event, &search)
    tryAll(postings.names.user, facts.user, event, &search)
    tryAll(postings.names.command, facts.command, event, &search)
    tryAll(postings.names.team, facts.team, event, &search)
    for posting in postings.open where !tryRule(posting, event, &search) { break }
    if postings.firstByPattern < search.winner, postings.patternGate?.admits(facts.bits) ?? false {
      var found = FoundLiterals()
      while matcher.find(&found, in: event.body) {
        for index in 0..<found.count {
          for candidate in matcher.candidates(of: found[index]) {
            tryAll(pattern: matcher.candidate(at: candidate), event, &search)
          }
        }
      }
    }
    for posting in postings.openWithRest where !tryRule(posting, event, &search) { break }
    return search.result
  }

  private func tryAll(_ lists: PostingLists, _ number: UInt32, _ event: Event, _ search: inout RuleSearch) {
    for index in lists[number] where !tryRule(lists[index], event, &search) { break }
  }

  private func tryAll(pattern: Int, _ event: Event, _ search: inout RuleSearch) {
    var isFound: Bool?
    for index in postings.patterns[UInt32(pattern)] {
      let posting = postings.patterns[index]
      if posting.rule >= search.winner { break }
      guard posting.gate.admits(search.facts.bits) else { continue }
      isFound = isFound ?? matcher.holds(pattern, event.body)
      if isFound == false { break }
      _ = tryRule(posting, event, &search)
    }
  }

  /// Evaluates a rule, and returns `false` if the rules after it can no longer win.
  private func tryRule(_ posting: Posting, _ event: Event, _ search: inout RuleSearch) -> Bool {
    if posting.rule >= search.winner { return false }
    guard posting.gate.admits(search.facts.bits) else { return true }
    if let index = posting.condition, !holds(conditions[Int(index)], event, search.facts) { return true }
    return search.add(posting)
  }

  /// Returns whether a condition holds. Its gate is tested even if it was tested before: it is two comparisons.
  private func holds(_ condition: CompiledCondition, _ event: Event, _ facts: EventFacts) -> Bool {
    guard
      condition.gate.admits(facts.bits), condition.names.user.contains(facts.user, in: numbers),
      condition.names.channel.contains(facts.channel, in: numbers),
      condition.names.team.contains(facts.team, in: numbers),
      condition.names.command.contains(facts.command, in: numbers)
    else { return false }
    guard let rest = condition.rest else { return true }
    return holds(rests[Int(rest)], event, facts)
  }

  private func holds(_ rest: Rest, _ event: Event, _ facts: EventFacts) -> Bool {
    if let time = rest.time, !time.contains(milliseconds: event.milliseconds) { return false }
    for condition in rest.not where holds(condition, event, facts) { return false }
    if !rest.any.isEmpty, !rest.any.contains(where: { holds($0, event, facts) }) { return false }
    for patterns in rest.text where !patterns.contains(where: { matcher.holds($0, event.body) }) { return false }
    return true
  }
}

/// An event's facts as the compiled rules compare them.
private struct EventFacts {
  let bits: FactBits
  let user: UInt32
  let channel: UInt32
  let team: UInt32
  /// The bound command, by its index.
  let command: UInt32
}

/// The first rule that matches, as far as the search has come.
private struct RuleSearch {
  let facts: EventFacts
  /// The best rule so far; the number of rules if there is none.
  private(set) var winner: UInt32
  private let end: UInt32
  private var shadows: [Int] = []

  init(facts: EventFacts, end: UInt32) {
    self.facts = facts
    self.end = end
    winner = end
  }

  /// Adds a rule that matches, and returns `false` if the rules after it in its list can no longer win.
  mutating func add(_ posting: Posting) -> Bool {
    if posting.isShadow {
      shadows.append(Int(posting.rule))
      return true
    }
    winner = posting.rule
    return false
  }

  /// The winner, and the shadow rules before it, each once and in order.
  var result: (winner: Int?, shadows: [Int]) {
    let before = shadows.isEmpty ? [] : Set(shadows).filter { $0 < winner }.sorted()
    return (winner < end ? Int(winner) : nil, before)
  }
}
