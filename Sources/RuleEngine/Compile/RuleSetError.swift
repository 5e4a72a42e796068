/// Why a rule set cannot be compiled.
public struct RuleSetError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The expression that cannot be used.
  public var expression: String
  /// What is wrong with it.
  public var message: String

  /// Both in one line.
  public var description: String { "the regular expression `\(expression)` cannot be used: \(message)" }
}
