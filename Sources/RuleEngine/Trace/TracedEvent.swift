package import Core
internal import TextMatch

/// An event with its derived facts, computed once for all rules.
package struct TracedEvent {
  package let event: Event
  package let command: SlashCommand?
  /// The index of the command's binding, if it is bound.
  package let commandIndex: Int?
  private let bits: FactBits
  private let matcher: TextMatcher?
  private var hits: PatternHits?

  package init(_ event: Event, rules: RuleTracer) {
    self.event = event
    matcher = rules.matcher
    command = SlashCommand(event, prefixes: rules.ruleSet.commands.prefixes)
    commandIndex = command.flatMap { rules.commandIndices[$0.name.lowercased()] }
    bits = FactReader.all.bits(of: event, isCommand: command != nil)
  }

  /// Returns the first key of a condition that does not hold, in the order of evaluation; `nil` if the condition holds.
  package mutating func firstFailure(of condition: TracedCondition) -> ConditionKey? {
    for part in condition.parts where !holds(part.test) { return part.key }
    return nil
  }

  /// Returns all keys of a condition that do not hold, in the order of evaluation.
  package mutating func failures(of condition: TracedCondition) -> [ConditionKey] {
    condition.parts.compactMap { holds($0.test) ? nil : $0.key }
  }

  /// Returns the index of the first of several conditions that holds, or `nil`.
  package mutating func firstHolding(_ conditions: [TracedCondition]) -> Int? {
    for (index, condition) in conditions.enumerated() where firstFailure(of: condition) == nil { return index }
    return nil
  }

  /// Returns the index of the first of a condition's text tests that does not hold, or `nil`.
  package mutating func firstMissing(_ tests: [[Int]]) -> Int? {
    for (index, patterns) in tests.enumerated() where !finds(any: patterns) { return index }
    return nil
  }

  private mutating func holds(_ test: TracedCondition.Test) -> Bool {
    switch test {
    case .forbidden(let values): bits.isDisjoint(with: values)
    case .required(let values): !bits.isDisjoint(with: values)
    case .ids(let field, let ids): ids.contains(id(field))
    case .commands(let indices): commandIndex.map(indices.contains) ?? false
    case .time(let window): window.contains(milliseconds: event.milliseconds)
    case .not(let conditions): firstHolding(conditions) == nil
    case .any(let conditions): firstHolding(conditions) != nil
    case .text(let tests): firstMissing(tests) == nil
    }
  }

  private func id(_ field: NameField) -> String {
    switch field {
    case .channel: event.channel.id.rawValue
    case .user: event.user.id.rawValue
    case .team: event.team?.rawValue ?? ""
    case .command: command.map { String($0.name) } ?? ""
    }
  }

  /// Searches the text at the first call, for the patterns of all rules.
  private mutating func finds(any patterns: [Int]) -> Bool {
    guard let matcher else { return false }
    let hits = hits ?? matcher.hits(in: event.body)
    self.hits = hits
    return patterns.contains(where: hits.contains)
  }
}

extension TracedEvent {
  /// Returns the first key of a condition that fails, as the reason why it does not hold; `nil` if it holds.
  ///
  /// - Parameter stated: the same condition as the rule set states it, with its names.
  package mutating func failure(of condition: TracedCondition, stated: Condition) -> ConditionResult? {
    guard var result = firstFailure(of: condition, stated: stated) else { return nil }
    switch result.key {
    case .not:
      if let index = firstHolding(condition.not) {
        result.parts = holding(condition.not[index], stated: stated.not[index])
      }
    case .any: result.parts = zip(condition.any, stated.any).compactMap { failure(of: $0, stated: $1) }
    default: break
    }
    return result
  }

  /// Returns the same result without its parts, of which a file can have a million.
  package mutating func firstFailure(of condition: TracedCondition, stated: Condition) -> ConditionResult? {
    guard let key = firstFailure(of: condition) else { return nil }
    guard key == .text else { return result(key, stated, isDenied: false) }
    let test = firstMissing(condition.text).map { stated.text[$0] }
    return ConditionResult(.text, expected: test?.patterns ?? [], found: [event.body], test: test)
  }

  /// Returns the reasons why a condition holds that must not: all its requirements.
  private mutating func holding(_ condition: TracedCondition, stated: Condition) -> [ConditionResult] {
    stated.keys.flatMap { key -> [ConditionResult] in
      switch key {
      case .not:
        let parts = zip(condition.not, stated.not).compactMap { failure(of: $0, stated: $1) }
        return [ConditionResult(.not, isDenied: true, parts: parts)]
      case .any:
        guard let index = firstHolding(condition.any) else { return [] }
        return [
          ConditionResult(.any, isDenied: true, parts: holding(condition.any[index], stated: stated.any[index]))
        ]
      case .text:
        return stated.text.map {
          ConditionResult(.text, isDenied: true, expected: $0.patterns, found: [event.body], test: $0)
        }
      default: return [result(key, stated, isDenied: true)]
      }
    }
  }

  private func result(_ key: ConditionKey, _ stated: Condition, isDenied: Bool) -> ConditionResult {
    ConditionResult(key, isDenied: isDenied, expected: stated.words(for: key), found: found(key.field, stated))
  }

  /// Returns the event's values of a field, in the words of a rules file.
  private func found(_ field: Field, _ stated: Condition) -> [String] {
    switch field.test {
    case .options, .reach: field.domain.map { [$0.word(of: event)] } ?? []
    case .trigger: triggers(stated.mention ?? .direct)
    case .names(let field): field.name(of: event, command: command).map { [$0] } ?? []
    case .time: stated.time.map { [$0.words(at: event.milliseconds)] } ?? []
    case .text: [event.body]
    case .not, .any: []
    }
  }

  private func triggers(_ reach: MentionReach) -> [String] {
    let holding = Trigger.allCases.filter { $0 != .message && !bits.isDisjoint(with: .trigger($0, reach: reach)) }
    if holding.isEmpty, event.mention == .channelWide { return ["mention: \(MentionReach.channelWide.rawValue)"] }
    return holding.isEmpty ? [Trigger.message.rawValue] : holding.map(\.rawValue)
  }
}

/// One key of a condition compared with an event: what it expects, and what the event has.
package struct ConditionResult: Sendable, Equatable {
  /// The key in `when`.
  package var key: ConditionKey
  /// True if the event must not have the expected values, as under `not`.
  package var isDenied: Bool
  /// The values of which the event should have any, in the words of a rules file; empty for `not` and `any`.
  package var expected: [String]
  /// The values of the event, in the same words; empty if it has none.
  package var found: [String]
  /// The test that fails, if the key is `text`.
  package var test: TextTestKind?
  /// True if that test distinguishes upper and lower case.
  package var isCaseSensitive: Bool
  /// Under `not`, the requirements that hold although they must not; under `any`, the reason of each branch that does
  /// not hold.
  package var parts: [ConditionResult]

  package init(
    _ key: ConditionKey, isDenied: Bool = false, expected: [String] = [], found: [String] = [],
    test: TextTest? = nil, parts: [ConditionResult] = []
  ) {
    self.key = key
    self.isDenied = isDenied
    self.expected = expected
    self.found = found
    self.test = test?.kind
    isCaseSensitive = test?.isCaseSensitive ?? false
    self.parts = parts
  }
}
