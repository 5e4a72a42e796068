import Core
import RuleEngine

/// Looks for the smallest change of an event that would be answered: one fact for any of the rules, then two.
///
/// To make a rule match, its first failing key has to be made to hold, and then the next one; so only such changes are
/// tried, and each result is decided by `CompiledRules.decide`.
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

  /// Returns the nearest misses, and whether the search was cut short.
  mutating func run() -> (nearest: [NearestMiss], isCut: Bool) {
    let rules = explainer.rules.ruleSet.rules
    for count in 1...Limits.nearestMissChangesMax {
      // A miss with fewer changes is nearer, and ends the search.
      for rule in rules.indices where rules[rule].mode == .live && rules[rule].action.mayAnswer {
        // Enough misses are known, and all are of earlier rules.
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
    var traced = TracedEvent(event, rules: explainer.tracer)
    for change in candidates(for: event, towards: rule, &traced) {
      guard triesLeft > 0 else { return }
      guard !changes.contains(where: { $0.subject == change.subject }) else { continue }
      triesLeft -= 1
      let changed = change.applied(to: event, explainer.directory)
      if changesLeft > 1 {
        extend(changed, by: changes + [change], towards: rule, changesLeft: changesLeft - 1)
      } else {
        verify(changes + [change], changed, towards: rule)
      }
    }
  }

  /// Records changes that are answered, the first for each rule.
  private mutating func verify(_ changes: [FactChange], _ changed: Event, towards rule: Int) {
    var traced = TracedEvent(changed, rules: explainer.tracer)
    guard traced.firstFailure(of: explainer.tracer.conditions[rule]) == nil, known.insert(changes).inserted else {
      return
    }
    var miss = NearestMiss(changes: changes, event: changed, decision: explainer.rules.decide(changed))
    guard miss.decision.outcome.isAnswer else { return }
    // The second change may have undone the first, or may suffice alone.
    for change in changes where changes.count > 1 {
      let less = change.applied(to: event, explainer.directory)
      let decision = explainer.rules.decide(less)
      if decision.outcome.isAnswer { miss = NearestMiss(changes: [change], event: less, decision: decision) }
    }
    guard !found.contains(where: { $0.decision.rule == miss.decision.rule }) else { return }
    found.append(miss)
  }

  /// Returns the changes that may bring the event nearer to an answer by this rule.
  private func candidates(for event: Event, towards rule: Int, _ traced: inout TracedEvent) -> [FactChange] {
    let tracer = explainer.tracer
    if event.author == .own || event.author == .system {
      return Author.ofRules.map { .fact(.author, $0.rawValue) }
    }
    let repairs = RepairCandidates(ruleSet: tracer.ruleSet, event: event)
    guard tracer.access.contains(event.user.id.rawValue) else { return repairs.allowedUsers }
    if let key = traced.firstFailure(of: tracer.conditions[rule]) {
      return repairs.holding(key, of: tracer.conditions[rule], explainer.stated[rule], &traced)
    }
    let decision = explainer.rules.decide(event)
    guard let winner = decision.rule else { return [] }
    // Another rule matches the event first; or it is a command that is not bound, or not for this user.
    if winner != rule { return repairs.failing(tracer.conditions[winner], explainer.stated[winner], &traced) }
    if case .refuse(let command) = decision.outcome {
      return tracer.ruleSet.commands.bindings[command].users.names.prefix(Limits.alternativesTriedMax)
        .map { .name(.user, $0) } + repairs.commands
    }
    return repairs.commands
  }
}

extension RuleAction {
  fileprivate var mayAnswer: Bool {
    switch self {
    case .agent, .say: true
    case .ignore, .deny: false
    }
  }
}
