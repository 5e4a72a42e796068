/// A program that answers: it reads the message and writes the answer.
public struct ExecSettings: Sendable, Equatable {
  /// What is run.
  public enum Program: Sendable, Equatable {
    /// A program with its arguments, at least one word.
    case command([String])
    /// A text that a shell reads.
    case shell(String)
  }

  /// What is run.
  public var program: Program
  /// Variables that it sees beside the plain ones of the gateway.
  public var environment: [NamedValue]

  /// States what is run.
  public init(program: Program, environment: [NamedValue] = []) {
    self.program = program
    self.environment = environment
  }
}
