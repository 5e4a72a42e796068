import RuleEngine

/// Lets an agent work on so many messages at once, for so long on each, and shows it so much of what was said before.
struct BoundedAgent: WrappingAgent {
  let name: String
  let agent: any Agent
  let limits: AgentLimits
  let gate: AgentGate

  var concurrency: Int? { limits.concurrency }

  func answer(_ request: AgentRequest) -> AsyncThrowingStream<ResponsePart, any Error> {
    .answer(of: name) { parts in
      var request = request
      request.history = request.history.newest(within: limits.historyTokens)
      try await gate.enter(atMost: limits.concurrency ?? .max)
      defer { gate.leave() }
      // Who waited for others has taken no time yet.
      let alarm = parts.fail(AgentFailure(.tookTooLong, agent: name), after: .seconds(limits.timeoutSeconds))
      defer { alarm.cancel() }
      for try await part in agent.answer(request) { parts.yield(part) }
    }
  }
}
