package import Core
internal import TextMatch

extension CompiledRules {
  /// What is to happen to an event. Pure and total: the same event always comes to the same decision.
  ///
  /// It allocates no memory but for the indices of shadow rules that match, and for the hint at an unknown command.
  /// `RuleTracer` says why.
  package func decide(_ event: Event) -> Decision {
    switch event.author {
    case .own: return Decision(outcome: .silent(.own))
    case .system: return Decision(outcome: .silent(.system))
    case .human, .bot, .webhook, .plugin: break
    }
    let user = names.users.number(of: event.user.id)
    guard access.contains(user, in: numbers) else { return Decision(outcome: ruleSet.outcomeWithoutAccess(event)) }

    let command = prefixes.mayBegin(event.body) ? SlashCommand(event, prefixes: ruleSet.commands.prefixes) : nil
    let binding = command.flatMap { names.binding($0.name) }
    let facts = EventFacts(
      bits: FactBits(event, hasCommand: command != nil), user: user,
      channel: names.channels.number(of: event.channel.id), team: names.teams.number(of: event.team),
      command: binding.map { UInt32($0) })
    let found = find(event, facts)
    guard let winner = found.winner else { return Decision(outcome: .silent(.noRule), shadows: found.shadows) }
    let mayRun = binding.map { commandUsers[$0].contains(user, in: numbers) } ?? false
    let outcome = ruleSet.outcome(
      of: ruleSet.rules[winner].action, for: event, command: command, binding: binding, mayRun: mayRun)
    return Decision(outcome: outcome, rule: winner, shadows: found.shadows)
  }

  private func find(_ event: Event, _ facts: EventFacts) -> (winner: Int?, shadows: [Int]) {
    var search = RuleSearch(facts: facts, end: UInt32(ruleSet.rules.count))
    // What costs least comes first: the sooner an early rule is found, the less is left to ask.
    ask(postings.channels, facts.channel, event, &search)
    ask(postings.users, facts.user, event, &search)
    ask(postings.commands, facts.command, event, &search)
    ask(postings.teams, facts.team, event, &search)
    for posting in postings.open where !ask(posting, event, &search) { break }
    if postings.firstByPattern < search.winner, postings.patternGate?.admits(facts.bits) ?? false {
      var found = FoundLiterals()
      while matcher.find(&found, in: event.body) {
        for index in 0..<found.count {
          for candidate in matcher.candidates(of: found[index]) {
            ask(pattern: matcher.candidate(at: candidate), event, &search)
          }
        }
      }
    }
    for posting in postings.openWithRest where !ask(posting, event, &search) { break }
    return search.result
  }

  private func ask(_ lists: PostingLists, _ number: UInt32?, _ event: Event, _ search: inout RuleSearch) {
    guard let number else { return }
    for index in lists[number] where !ask(lists[index], event, &search) { break }
  }

  private func ask(pattern: Int, _ event: Event, _ search: inout RuleSearch) {
    var isFound: Bool?
    for index in postings.patterns[UInt32(pattern)] {
      let posting = postings.patterns[index]
      if posting.rule >= search.winner { break }
      guard posting.gate.admits(search.facts.bits) else { continue }
      isFound = isFound ?? matcher.holds(pattern, event.body)
      if isFound == false { break }
      _ = ask(posting, event, &search)
    }
  }

  /// Holds an event against a rule; false where the rules behind it can no longer win.
  private func ask(_ posting: Posting, _ event: Event, _ search: inout RuleSearch) -> Bool {
    if posting.rule >= search.winner { return false }
    guard posting.gate.admits(search.facts.bits) else { return true }
    if let index = posting.condition, !holds(conditions[Int(index)], event, search.facts) { return true }
    return search.take(posting)
  }

  /// Whether a condition holds. Its gate is asked even where that was done before: it is two comparisons.
  private func holds(_ condition: CompiledCondition, _ event: Event, _ facts: EventFacts) -> Bool {
    guard
      condition.gate.admits(facts.bits), condition.users.contains(facts.user, in: numbers),
      condition.channels.contains(facts.channel, in: numbers), condition.teams.contains(facts.team, in: numbers),
      condition.commands.isEverything
        || facts.command.map({ condition.commands.contains($0, in: numbers) }) ?? false
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
