/// What a look at one agent found.
package struct AgentProbeResult: Sendable, Equatable {
  /// The agent's name in the rules file.
  package let agent: String
  /// How the agent is.
  package let state: State
  /// What was found, as a clause: `http://localhost:11434/v1 answers and has the model qwen3`.
  package let text: String
  /// What to do, as a sentence; empty if there is nothing to do.
  package let cure: String

  /// How an agent is.
  package enum State: Sendable {
    /// It can be asked, as far as that can be told without asking it.
    case good
    /// It is there, but the endpoint does not tell more.
    case unknown
    /// It is there, and is likely not as it is meant.
    case doubtful
    /// It cannot answer.
    case bad
  }
}
