package import ConfigLoader
import Core
import RuleAnalysis
package import RuleEngine

/// Decides recorded events again by a rule set.
package struct Replay {
  package let ruleSet: RuleSet
  private let fingerprint: String
  private let recording: (fingerprint: String, matches: RecordedMatches)?
  /// True if all prefixes of commands were prefixes in the recording rule set, too.
  private let knowsPrefixes: Bool
  private var learned: LearnedDirectory
  private var rules: CompiledRules
  private var textIndependentRules: [DecisionKey?: TextIndependentRules] = [:]

  /// The part of a recorded decision that tells something about the text.
  private struct DecisionKey: Hashable {
    var rule: String?
    var outcome: Verdict.Kind?
    var shadows: [String]
  }

  /// Compiles a rule set.
  ///
  /// - Parameter recording: the rule set that the gateway ran with, if known: its decisions tell much about texts that
  ///   were not stored.
  /// - Throws: `RuleSetError` for an invalid regular expression, which a rule set that was loaded without diagnostics
  ///   cannot have.
  package init(_ ruleSet: RuleSet, recordedBy recording: RuleSet? = nil) throws(RuleSetError) {
    self.ruleSet = ruleSet
    fingerprint = ruleSet.fingerprint
    self.recording = recording.flatMap { recording in
      guard ruleSet.rules.count <= Limits.textIndependentRuleCountMax else { return nil }
      return RecordedMatches(of: ruleSet, recordedBy: recording).map { (recording.fingerprint, $0) }
    }
    knowsPrefixes = Set(ruleSet.commands.prefixes).isSubset(of: (recording?.commands ?? Commands()).prefixes)
    learned = LearnedDirectory(for: ruleSet)
    rules = try CompiledRules(ruleSet)
  }

  /// Decides events in order. A decision is `nil` if it depends on a text that was not stored.
  ///
  /// Names in the rules resolve to the ids that these events and earlier ones have for them.
  ///
  /// - Throws: as `init`.
  package mutating func decide(_ lines: [EventLine]) throws(RuleSetError) -> [RecordedDecision?] {
    var isNew = false
    for line in lines { isNew = learned.learn(line) || isNew }
    if isNew {
      rules = try CompiledRules(ruleSet, directory: learned.directory)
      textIndependentRules = [:]
    }
    var decisions: [RecordedDecision?] = []
    decisions.reserveCapacity(lines.count)
    for line in lines {
      let event = learned.resolved(line.event)
      decisions.append(line.isTextKept ? recorded(rules.decide(event)) : try decideWithoutText(event, line.decided))
    }
    return decisions
  }

  private mutating func decideWithoutText(
    _ event: Event, _ then: RecordedDecision?
  ) throws(RuleSetError) -> RecordedDecision? {
    // Equal rules make equal decisions.
    if let then, then.rules == fingerprint { return RecordedDecision(then.verdict, shadows: then.shadows) }
    // A text that begins with a newer prefix was not recorded as a command.
    guard !event.body.isEmpty || knowsPrefixes else { return nil }
    if let decision = try textIndependentRules(for: nil).decide(event) { return recorded(decision) }
    guard let then, then.rules == recording?.fingerprint else { return nil }
    return try textIndependentRules(for: then).decide(event).map(recorded)
  }

  /// Returns the rules for events with a recorded decision, or for those without one.
  private mutating func textIndependentRules(for then: RecordedDecision?) throws(RuleSetError) -> TextIndependentRules {
    let key = then.map { then in
      DecisionKey(
        rule: then.verdict.rule, outcome: then.verdict.rule == nil ? then.verdict.outcome : nil, shadows: then.shadows)
    }
    if let known = textIndependentRules[key] { return known }
    // Each is a compilation; beyond the limit, the recorded decision is not used.
    if key != nil, textIndependentRules.count > Limits.textIndependentRulesMax {
      return try textIndependentRules(for: nil)
    }
    let matches = then.flatMap { recording?.matches.matches($0.verdict, shadows: $0.shadows) }
    let new = try TextIndependentRules(ruleSet, learned.directory, matches: matches)
    textIndependentRules[key] = new
    return new
  }

  private func recorded(_ decision: Decision) -> RecordedDecision {
    RecordedDecision(Verdict(decision, in: ruleSet), shadows: decision.shadows.map { ruleSet.rules[$0].name })
  }
}

/// Decides events whose text was not stored if the decision does not depend on it.
///
/// The rules are compiled twice without their text conditions, once as if all were met and once as if none was. A
/// decision that both make holds for any text.
struct TextIndependentRules {
  private let ruleSet: RuleSet
  private let lower: CompiledRules
  private let upper: CompiledRules

  /// Compiles both; `matches` is for each rule whether it is known to match or not, or `nil` if unknown.
  init(_ ruleSet: RuleSet, _ directory: NameDirectory, matches: [Bool?]?) throws(RuleSetError) {
    self.ruleSet = ruleSet
    lower = try CompiledRules(ruleSet.withoutText { matches?[$0] ?? false }, directory: directory)
    upper = try CompiledRules(ruleSet.withoutText { matches?[$0] ?? true }, directory: directory)
  }

  /// Returns the decision, or `nil` if it depends on the text. It has the shadow rules that certainly match.
  func decide(_ event: Event) -> Decision? {
    let certain = lower.decide(event)
    return Verdict(certain, in: ruleSet) == Verdict(upper.decide(event), in: ruleSet) ? certain : nil
  }
}

/// The ids of names from recorded events: a replay does not ask a server.
struct LearnedDirectory {
  private(set) var directory = NameDirectory()
  private let wanted: ReferencedNames

  init(for ruleSet: RuleSet) { wanted = ReferencedNames(in: ruleSet) }

  /// Adds the ids of an event, and returns whether any is new.
  mutating func learn(_ line: EventLine) -> Bool {
    let event = line.event
    var isNew = false
    let (user, channel) = (event.user, event.channel)
    if user.id.rawValue != user.name, wanted.users.contains(user.name) {
      isNew = directory.users.updateValue(user.id.rawValue, forKey: user.name) != user.id.rawValue
    }
    if channel.id.rawValue != channel.name, wanted.channels.contains(channel.name) {
      isNew = directory.channels[channel.name, default: []].insert(channel.id.rawValue).inserted || isNew
    }
    if let name = line.teamName, let team = event.team, team.rawValue != name, wanted.teams.contains(name) {
      isNew = directory.teams.updateValue(team.rawValue, forKey: name) != team.rawValue || isNew
    }
    return isNew
  }

  /// Returns an event with ids in place of names that it has for ids, as in an event that was written by hand.
  func resolved(_ event: Event) -> Event {
    var event = event
    if event.user.id.rawValue == event.user.name, let id = directory.users[event.user.name] {
      event.user.id = UserID(id)
    }
    if event.channel.id.rawValue == event.channel.name, let id = directory.channels[event.channel.name]?.min() {
      event.channel.id = ChannelID(id)
    }
    if let team = event.team, let id = directory.teams[team.rawValue] { event.team = TeamID(id) }
    return event
  }
}

extension NameDirectory {
  /// Finds the ids of the names that a rule set uses in recorded events.
  package init(learnedFrom lines: [EventLine], for ruleSet: RuleSet) {
    var learned = LearnedDirectory(for: ruleSet)
    for line in lines { _ = learned.learn(line) }
    self = learned.directory
  }
}

/// A source of recorded events.
package enum EventSource: Sendable {
  /// A file of event lines, or `-` for standard input.
  case file(String)
  /// The journal at a path, from a moment on, in milliseconds since 1970 (UTC).
  case journal(String, since: Int64)

  /// Calls `body` with all events that rules decided, oldest first, in batches of bounded size.
  ///
  /// - Throws: `EventFileError`, `JournalError`, or an error of `body`.
  package func forEachBatch(defaults: EventDefaults, _ body: ([EventLine]) throws -> Void) throws {
    switch self {
    case .journal(let path, let since):
      try JournalFile(reading: path).forEachBatch(matching: JournalFilter(since: since)) { records in
        try body(records.map(\.line).filter { !$0.isAnswerToQuestion })
      }
    case .file(let path):
      var batch: [EventLine] = []
      var bytes = 0
      try EventFile.forEach(path, defaults: defaults) { _, line in
        if line.isAnswerToQuestion { return }
        batch.append(line)
        bytes += line.event.text.utf8.count
        guard batch.count == Limits.batchMax || bytes > Limits.batchBytesMax else { return }
        try body(batch)
        batch.removeAll(keepingCapacity: true)
        bytes = 0
      }
      if !batch.isEmpty { try body(batch) }
    }
  }
}
