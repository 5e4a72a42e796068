internal import TextMatch

/// Decides events by asking one rule after the other, and keeps of each that did not match the first condition that
/// failed: what `CompiledRules` decides at once, step by step.
package struct RuleTracer: Sendable {
  /// What it was compiled from.
  package let ruleSet: RuleSet
  let access: IdentitySet
  let commandIndices: [String: Int]
  let commandUsers: [IdentitySet]
  let conditions: [TracedCondition]
  let matcher: TextMatcher?

  /// Prepares a rule set, its names resolved by `directory`.
  /// - Throws: what is wrong with a regular expression. A rule set that was loaded without findings has none such.
  package init(_ ruleSet: RuleSet, directory: NameDirectory = NameDirectory()) throws(RuleSetError) {
    self.ruleSet = ruleSet
    commandIndices = ruleSet.commands.indices
    var context = TracingContext(directory: directory, commandIndices: commandIndices)
    access = context.identities(ruleSet.access.users)
    commandUsers = ruleSet.commands.bindings.map { context.identities($0.users) }
    conditions = ruleSet.rules.map { context.compile($0.when.withRuleDefaults()) }
    do throws(PatternError) {
      matcher = context.patterns.isEmpty ? nil : try TextMatcher(context.patterns)
    } catch {
      throw RuleSetError(expression: context.patterns[error.pattern].text, message: error.message)
    }
  }
}
