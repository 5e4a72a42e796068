import RuleEngine

/// The result of checking an agent.
package struct AgentProbeResult: Sendable, Equatable {
  package enum State: Sendable {
    /// The agent can be asked, as far as can be known without asking it.
    case good
    /// The endpoint or program is there; more cannot be checked.
    case unknown
    /// The endpoint or program is there, but is probably configured wrongly.
    case doubtful
    /// The agent cannot answer.
    case bad
  }

  /// The agent's name in the rules file.
  package let agent: String
  package let state: State
  /// The result, as a clause: `http://localhost:11434/v1 answers and has the model qwen3`.
  package let summary: String
  /// The remedy, as a sentence; empty if there is nothing to do.
  package let remedy: String
}

/// Checks whether an agent's program can be started.
struct ProgramProbe {
  /// The agent's name in the rules file.
  let agent: String
  /// The program's environment, complete.
  let environment: [String: String]

  /// Checks a program.
  ///
  /// - Parameter project: the folder in which it works, or `nil` for the conversation's own.
  func result(_ name: String, project: ProjectFolder?) -> AgentProbeResult {
    guard let file = path(of: name, in: project) else {
      return AgentProbeResult(
        agent: agent, state: .unknown,
        summary: "the program \(name) is looked up in the folder in which it works, which depends on the message",
        remedy: "")
    }
    if let problem = ExecutableProblem(of: file, searchPath: environment["PATH"] ?? "") {
      return AgentProbeResult(agent: agent, state: .bad, summary: problem.summary, remedy: problem.remedy)
    }
    return AgentProbeResult(agent: agent, state: .good, summary: "the program \(name) exists", remedy: "")
  }

  /// Returns a program by its absolute path or, if it is looked up in `PATH`, its name; `nil` if the folder is not
  /// known in which a relative path begins.
  func path(of name: String, in folder: ProjectFolder?) -> String? {
    guard ExecutableProblem.isRelative(name) else { return name }
    return folder.flatMap { $0.isFixed ? "\($0.fixedPath)/\(name)" : nil }
  }
}
