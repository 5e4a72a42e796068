/// A program that answers: it reads the message and writes the answer.
package struct ExecSettings: Sendable, Equatable {
  /// What is run.
  package enum Program: Sendable, Equatable {
    /// A program with its arguments, at least one word.
    case command([String])
    /// A text that a shell reads.
    case shell(String)
  }

  /// What is run.
  package var program: Program
  /// Variables that it sees beside the plain ones of the gateway.
  package var environment: [NamedValue]

  /// Where it works; `nil` for the conversation's own folder.
  package var folder: ProjectFolder?

  /// States what is run.
  package init(program: Program, environment: [NamedValue] = [], folder: ProjectFolder? = nil) {
    self.program = program
    self.environment = environment
    self.folder = folder
  }
}
