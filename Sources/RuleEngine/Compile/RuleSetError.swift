/// Why a rule set cannot be compiled.
package struct RuleSetError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The expression that cannot be used.
  package var expression: String
  /// What is wrong with it.
  package var message: String

  /// Both in one line.
  package var description: String { "the regular expression `\(expression)` cannot be used: \(message)" }
}
