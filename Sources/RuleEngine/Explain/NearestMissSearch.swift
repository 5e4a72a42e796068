import Core

/// Looks for the smallest change of an event that would be answered: one fact for any of the rules, then two.
///
/// It goes by what fails. Whatever makes a rule match must make its first failing condition hold, and then the next; so
/// of all changes only those are tried, and what is left in the end is asked of `CompiledRules.decide`.
struct NearestMissSearch {
  private let explainer: Explainer
  private let event: Event
  private var found: [NearestMiss] = []
  private var known: Set<[FactChange]> = []
  private var triesLeft = Limits.nearestMissEventsMax

  init(_ explainer: Explainer, _ event: Event) {
    self.explainer = explainer
    self.event = event
  }

  /// The nearest misses, and whether the search was cut short.
  mutating func run() -> (nearest: [NearestMiss], isCut: Bool) {
    let rules = explainer.rules.ruleSet.rules
    for count in 1...Limits.nearestMissChangesMax {
      // What is enough with fewer changes is nearer, and ends the search.
      for rule in rules.indices where rules[rule].mode == .live && rules[rule].action.mayAnswer {
        // What was found already is of earlier rules.
        if found.count >= Limits.nearestMissesMax, found.allSatisfy({ $0.decision.rule ?? .max < rule }) { break }
        extend(event, by: [], towards: rule, changesLeft: count)
      }
      if !found.isEmpty { break }
    }
    let nearest = found.sorted {
      ($0.changes.count, $0.decision.rule ?? .max) < ($1.changes.count, $1.decision.rule ?? .max)
    }
    return (Array(nearest.prefix(Limits.nearestMissesMax)), triesLeft <= 0)
  }

  private mutating func extend(_ event: Event, by changes: [FactChange], towards rule: Int, changesLeft: Int) {
    var facts = Facts(event, rules: explainer.tracer)
    for change in candidates(for: event, towards: rule, &facts) {
      guard triesLeft > 0 else { return }
      guard !changes.contains(where: { $0.fact == change.fact }) else { continue }
      triesLeft -= 1
      let changed = change.applied(to: event, explainer.directory)
      if changesLeft > 1 {
        extend(changed, by: changes + [change], towards: rule, changesLeft: changesLeft - 1)
      } else {
        verify(changes + [change], changed, towards: rule)
      }
    }
  }

  /// Keeps changes that are answered, the first for each rule.
  private mutating func verify(_ changes: [FactChange], _ changed: Event, towards rule: Int) {
    var facts = Facts(changed, rules: explainer.tracer)
    guard facts.firstFailure(of: explainer.tracer.conditions[rule]) == nil, known.insert(changes).inserted else {
      return
    }
    var miss = NearestMiss(changes: changes, event: changed, decision: explainer.rules.decide(changed))
    guard miss.decision.outcome.isAnswer else { return }
    // The second change may have undone the first, or be enough without it.
    for change in changes where changes.count > 1 {
      let less = change.applied(to: event, explainer.directory)
      let decision = explainer.rules.decide(less)
      if decision.outcome.isAnswer { miss = NearestMiss(changes: [change], event: less, decision: decision) }
    }
    guard !found.contains(where: { $0.decision.rule == miss.decision.rule }) else { return }
    found.append(miss)
  }

  /// What could bring the event nearer to an answer by this rule.
  private func candidates(for event: Event, towards rule: Int, _ facts: inout Facts) -> [FactChange] {
    let tracer = explainer.tracer
    if event.author == .own || event.author == .system { return Author.takenIn.map { .author($0) } }
    let fixes = Fixes(ruleSet: tracer.ruleSet, event: event)
    guard tracer.access.contains(event.user.id) else { return fixes.admitted }
    if let key = facts.firstFailure(of: tracer.conditions[rule]) {
      return fixes.holding(key, of: tracer.conditions[rule], explainer.stated[rule], &facts)
    }
    let decision = explainer.rules.decide(event)
    guard let winner = decision.rule else { return [] }
    // Another rule takes the event before this one; or it is a command that nobody bound, or not for this user.
    if winner != rule { return fixes.failing(tracer.conditions[winner], explainer.stated[winner], &facts) }
    if case .refuse(let command) = decision.outcome {
      return tracer.ruleSet.commands.bindings[command].users.names.prefix(Limits.alternativesTriedMax)
        .map { .user($0) } + fixes.commands
    }
    return fixes.commands
  }
}

extension RuleAction {
  /// Whether it can be an answer.
  fileprivate var mayAnswer: Bool {
    switch self {
    case .agent, .say: true
    case .ignore, .deny: false
    }
  }
}
