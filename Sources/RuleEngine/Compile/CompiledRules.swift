internal import TextMatch

/// A rule set ready to decide events. It never changes; a new file makes a new one.
public struct CompiledRules: Sendable {
  /// What it was compiled from.
  public let ruleSet: RuleSet
  let access: IdentitySet
  let commandIndices: [String: Int]
  let commandUsers: [IdentitySet]
  let conditions: [CompiledCondition]
  let matcher: TextMatcher?

  /// Compiles a rule set, its names resolved by `directory`.
  /// - Throws: what is wrong with a regular expression. A rule set that was loaded without findings has none such.
  public init(_ ruleSet: RuleSet, directory: Directory = Directory()) throws(RuleSetError) {
    self.ruleSet = ruleSet
    var commandIndices: [String: Int] = [:]
    for (index, binding) in ruleSet.commands.bindings.enumerated() {
      for name in [binding.name] + binding.aliases { commandIndices[name] = index }
    }
    var context = CompileContext(directory: directory, commandIndices: commandIndices)
    access = context.identities(ruleSet.access.users)
    commandUsers = ruleSet.commands.bindings.map { context.identities($0.users) }
    conditions = ruleSet.rules.map { context.compile($0.when.withRuleDefaults()) }
    self.commandIndices = commandIndices
    do throws(PatternError) {
      matcher = context.patterns.isEmpty ? nil : try TextMatcher(context.patterns)
    } catch {
      throw RuleSetError(expression: context.patterns[error.pattern].text, message: error.message)
    }
  }
}

/// Why a rule set cannot be compiled.
public struct RuleSetError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The expression that cannot be used.
  public var expression: String
  /// What is wrong with it.
  public var message: String

  /// Both in one line.
  public var description: String { "the regular expression `\(expression)` cannot be used: \(message)" }
}
