import Processes

extension AgentFailure {
  /// States why the program of an agent could not be started.
  init(_ error: ProcessError, agent: String) {
    let code: Code =
      switch error.code {
      case .notExecutable: .notExecutable
      case .notFound: .noProgram
      default: .cannotStart
      }
    self.init(code, agent: agent, detail: "\(error)", subject: error.subject)
  }
}
