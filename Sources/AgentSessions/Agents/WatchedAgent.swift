import RuleEngine

/// Ends an agent's answer that does not begin, or that falls silent.
struct WatchedAgent: WrappingAgent {
  let name: String
  let agent: any Agent
  let limits: AgentLimits

  func answer(_ request: AgentRequest) -> AsyncThrowingStream<ResponsePart, any Error> {
    .answer(of: name) { parts in
      func alarm(after seconds: Int?) -> Task<Void, any Error>? {
        seconds.map {
          parts.fail(AgentFailure(.silent, agent: name, detail: "no sign for \($0) s"), after: .seconds($0))
        }
      }
      var silence = alarm(after: limits.firstByteSeconds)
      defer { silence?.cancel() }
      for try await part in agent.answer(request) {
        silence?.cancel()
        silence = alarm(after: limits.idleSeconds)
        parts.yield(part)
      }
    }
  }
}
