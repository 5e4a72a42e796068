package import ConfigLoader
import Core
package import RuleEngine

/// Decides recorded events again, by any rule set.
package struct Replay {
  /// What it decides by.
  package let ruleSet: RuleSet
  private let fingerprint: String
  private let recording: (fingerprint: String, matches: RecordedMatches)?
  /// Whether all prefixes of commands were prefixes when the events were recorded, as far as that is known.
  private let knowsPrefixes: Bool
  private var learnt: LearnedDirectory
  private var rules: CompiledRules
  private var bounds: [WhatWasDecided?: TextBounds] = [:]

  /// What a recorded decision tells about the text: the rule, whether any was asked, and the shadow rules.
  private struct WhatWasDecided: Hashable {
    var rule: String?
    var outcome: Verdict.Kind?
    var shadows: [String]
  }

  /// Prepares a rule set.
  ///
  /// - Parameter recordedBy: the rule set that the gateway ran with, where it is known: what it decided says much about
  ///   texts that were not kept.
  /// - Throws: what is wrong with a regular expression. A rule set that was loaded without findings has none such.
  package init(_ ruleSet: RuleSet, recordedBy recording: RuleSet? = nil) throws(RuleSetError) {
    self.ruleSet = ruleSet
    fingerprint = ruleSet.fingerprint
    self.recording = recording.flatMap { recording in
      guard ruleSet.rules.count <= Limits.boundedRulesMax else { return nil }
      return RecordedMatches(of: ruleSet, recordedBy: recording).map { (recording.fingerprint, $0) }
    }
    knowsPrefixes = Set(ruleSet.commands.prefixes).isSubset(of: (recording?.commands ?? Commands()).prefixes)
    learnt = LearnedDirectory(for: ruleSet)
    rules = try CompiledRules(ruleSet)
  }

  /// Decides events, in order; nil is for one whose decision depends on a text that was not kept.
  ///
  /// Names in the rules stand for the ids that these events, and those before them, have beside the names.
  /// - Throws: as `init` does.
  package mutating func decide(_ lines: [EventLine]) throws(RuleSetError) -> [RecordedDecision?] {
    var isNew = false
    for line in lines { isNew = learnt.learn(line) || isNew }
    if isNew {
      rules = try CompiledRules(ruleSet, directory: learnt.directory)
      bounds = [:]
    }
    var decisions: [RecordedDecision?] = []
    decisions.reserveCapacity(lines.count)
    for line in lines {
      let event = learnt.resolved(line.event)
      decisions.append(line.isTextKept ? recorded(rules.decide(event)) : try decideWithoutText(event, line.decided))
    }
    return decisions
  }

  private mutating func decideWithoutText(
    _ event: Event, _ then: RecordedDecision?
  ) throws(RuleSetError) -> RecordedDecision? {
    // The same rules decide the same.
    if let then, then.rules == fingerprint { return RecordedDecision(then.verdict, shadows: then.shadows) }
    // What began with another prefix than those of then is not known to be a command.
    guard !event.body.isEmpty || knowsPrefixes else { return nil }
    if let decision = try bounds(nil).decide(event) { return recorded(decision) }
    guard let then, then.rules == recording?.fingerprint else { return nil }
    return try bounds(then).decide(event).map(recorded)
  }

  /// The bounds for events of which this was decided, or nothing is known.
  private mutating func bounds(_ then: RecordedDecision?) throws(RuleSetError) -> TextBounds {
    let key = then.map { then in
      WhatWasDecided(
        rule: then.verdict.rule, outcome: then.verdict.rule == nil ? then.verdict.outcome : nil, shadows: then.shadows)
    }
    if let known = bounds[key] { return known }
    // Each is a compilation; beyond so many, what is known is left aside.
    if key != nil, bounds.count > Limits.boundsMax { return try bounds(nil) }
    let matches = then.flatMap { recording?.matches.matches($0.verdict, shadows: $0.shadows) }
    let new = try TextBounds(ruleSet, learnt.directory, matches: matches)
    bounds[key] = new
    return new
  }

  private func recorded(_ decision: Decision) -> RecordedDecision {
    RecordedDecision(Verdict(decision, in: ruleSet), shadows: decision.shadows.map { ruleSet.rules[$0].name })
  }
}
