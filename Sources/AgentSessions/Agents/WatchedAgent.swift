import RuleEngine

/// Ends an agent's answer that does not begin, or that falls silent.
struct WatchedAgent: Agent {
  let name: String
  let agent: any Agent
  let limits: AgentLimits

  var isRepeatable: Bool { agent.isRepeatable }

  func answer(_ request: AgentRequest) -> AsyncThrowingStream<AgentPart, any Error> {
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

  func tell(_ more: AgentRequest) async -> Bool { await agent.tell(more) }

  func offer(in conversation: String) async -> AgentOffer? { await agent.offer(in: conversation) }

  func choose(_ id: String, for kind: AgentOffer.Kind, in conversation: String) async -> AgentChoice {
    await agent.choose(id, for: kind, in: conversation)
  }
}
