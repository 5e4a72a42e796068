/// An agent that asks another one and adds something to that: all that it does not do itself, the other does.
protocol WrappingAgent: Agent {
  /// The agent that is asked.
  var agent: any Agent { get }
}

extension WrappingAgent {
  var isIdempotent: Bool { agent.isIdempotent }
  var concurrency: Int? { agent.concurrency }

  func tell(_ more: AgentRequest) async -> Bool { await agent.tell(more) }

  func offer(in conversation: String) async -> AgentControls? { await agent.offer(in: conversation) }

  func choose(_ id: String, for kind: AgentControls.Kind, in conversation: String) async -> SelectionResult {
    await agent.choose(id, for: kind, in: conversation)
  }
}
