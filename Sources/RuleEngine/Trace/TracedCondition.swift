package import Core
internal import TextMatch

/// A condition ready to be evaluated key by key: names are ids, commands are indices, texts are patterns of one
/// matcher.
package struct TracedCondition: Sendable {
  /// The test of one key.
  struct Part: Sendable {
    let key: ConditionKey
    let test: Test
  }

  enum Test: Sendable {
    /// The event has none of these values.
    case forbidden(FactBits)
    /// The event has one of these values.
    case required(FactBits)
    case ids(NameField, IdentitySet)
    /// The indices of the bindings.
    case commands(Set<Int>)
    case time(TimeWindow)
    case not([TracedCondition])
    case any([TracedCondition])
    /// All of these; of the patterns of each, any.
    case text([[Int]])
  }

  /// The keys that are evaluated, in that order.
  let parts: [Part]

  /// The conditions under `not`.
  package var not: [TracedCondition] {
    for case .not(let conditions) in parts.lazy.map(\.test) { return conditions }
    return []
  }

  /// The conditions under `any`.
  package var any: [TracedCondition] {
    for case .any(let conditions) in parts.lazy.map(\.test) { return conditions }
    return []
  }

  /// The text tests.
  package var text: [[Int]] {
    for case .text(let tests) in parts.lazy.map(\.test) { return tests }
    return []
  }
}

/// The text patterns that compiling the conditions has collected so far.
struct TracingContext {
  let directory: NameDirectory
  let commandIndices: [String: Int]
  private(set) var patterns: [TextPattern] = []

  init(directory: NameDirectory, commandIndices: [String: Int]) {
    self.directory = directory
    self.commandIndices = commandIndices
  }

  mutating func compile(_ condition: Condition) -> TracedCondition {
    var parts: [TracedCondition.Part] = []
    for key in condition.keys {
      guard let value = condition[key] else { continue }
      parts.append(TracedCondition.Part(key: key, test: test(value, of: key.field, in: condition)))
    }
    return TracedCondition(parts: parts)
  }

  private mutating func test(_ value: FieldValue, of field: Field, in condition: Condition) -> TracedCondition.Test {
    switch value {
    case .facts(let allowed): .forbidden((field.domain?.everyValue ?? []).subtracting(allowed))
    case .reach(let reach): .forbidden(FactBits.everyMention.subtracting(.mentions(within: reach)))
    case .triggers(let triggers):
      .required(FactBits(triggers.map { .trigger($0, reach: condition.mention ?? .direct) }))
    case .names(let names):
      if case .names(let field) = field.test { .ids(field, ids(names, field)) } else { .required(.anything) }
    case .commands(let names): .commands(Set(names.compactMap { commandIndices[$0] }))
    case .time(let window): .time(window)
    case .text(let tests): .text(tests.map { compile($0) })
    case .conditions(let conditions):
      field.key == .not ? .not(conditions.map { compile($0) }) : .any(conditions.map { compile($0) })
    }
  }

  func ids(_ names: NameSet, _ field: NameField) -> IdentitySet {
    IdentitySet(names) { directory.ids(of: $0, field) }
  }

  private mutating func compile(_ test: TextTest) -> [Int] {
    test.patterns.map { text in
      patterns.append(test.pattern(text))
      return patterns.count - 1
    }
  }
}

/// The ids of a set of names.
package struct IdentitySet: Sendable {
  private let isEveryone: Bool
  private let ids: Set<String>

  init(_ set: NameSet, resolve: (String) -> Set<String>) {
    isEveryone = set.isEveryone
    ids = set.names.reduce(into: []) { $0.formUnion(resolve($1)) }
  }

  package func contains(_ id: String) -> Bool { isEveryone || ids.contains(id) }
}

/// Decides events like `CompiledRules`, but by evaluating one rule after the other, and records the first failing key
/// of each rule that does not match.
package struct RuleTracer: Sendable {
  /// The rule set that was compiled.
  package let ruleSet: RuleSet
  package let access: IdentitySet
  let commandIndices: [String: Int]
  private let commandUsers: [IdentitySet]
  package let conditions: [TracedCondition]
  let matcher: TextMatcher?

  /// Prepares a rule set, its names resolved by `directory`.
  /// - Throws: the first regular expression that is invalid. A rule set that was loaded without errors has none.
  package init(_ ruleSet: RuleSet, directory: NameDirectory = NameDirectory()) throws(RuleSetError) {
    self.ruleSet = ruleSet
    commandIndices = ruleSet.commands.indices
    var context = TracingContext(directory: directory, commandIndices: commandIndices)
    access = context.ids(ruleSet.access.users, .user)
    commandUsers = ruleSet.commands.bindings.map { context.ids($0.users, .user) }
    conditions = ruleSet.rules.map { context.compile($0.when.withRuleDefaults()) }
    do throws(PatternError) {
      matcher = context.patterns.isEmpty ? nil : try TextMatcher(context.patterns)
    } catch {
      throw RuleSetError(expression: context.patterns[error.pattern].text, message: error.message)
    }
  }

  /// Decides an event. Pure and total: the same event always leads to the same decision.
  package func decide(_ event: Event) -> Decision {
    switch event.author {
    case .own: return Decision(outcome: .silent(.own))
    case .system: return Decision(outcome: .silent(.system))
    case .human, .bot, .webhook, .plugin: break
    }
    guard access.contains(event.user.id.rawValue) else { return Decision(outcome: ruleSet.outcomeWithoutAccess(event)) }

    var traced = TracedEvent(event, rules: self)
    var shadows: [Int] = []
    var trace: [TraceStep] = []
    for index in conditions.indices {
      if let failed = traced.firstFailure(of: conditions[index]) {
        trace.append(TraceStep(rule: index, failed: failed))
      } else if ruleSet.rules[index].mode == .shadow {
        shadows.append(index)
      } else {
        let binding = traced.commandIndex
        let mayRun = binding.map { commandUsers[$0].contains(event.user.id.rawValue) } ?? false
        let outcome = ruleSet.outcome(
          of: ruleSet.rules[index].action, for: event, command: traced.command, binding: binding, mayRun: mayRun)
        return Decision(outcome: outcome, rule: index, shadows: shadows, trace: trace)
      }
    }
    return Decision(outcome: .silent(.noRule), shadows: shadows, trace: trace)
  }
}
