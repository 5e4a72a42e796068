import RuleEngine
import Synchronization
import TestSupport
import Testing

@testable import AgentSessions

@Suite("The gate of an agent", .timeLimit(.minutes(1)))
struct AgentGateTests {
  private let inner = ScriptedAgent()
  private let gates = AgentGates()

  private func agent(_ concurrency: Int?, timeoutSeconds: Int = 60) -> BoundedAgent {
    BoundedAgent(
      name: "one", agent: inner, limits: AgentLimits(timeoutSeconds: timeoutSeconds, concurrency: concurrency),
      gate: gates["one"])
  }

  /// Asks, and returns once the question is at the gate or through it.
  private func ask(_ message: String, _ agent: BoundedAgent) async throws -> Task<[ResponsePart], any Error> {
    let before = gates["one"].count
    let task = Task {
      try await agent.answer(AgentRequest(message: message, speaker: "alice", sessionID: "s")).said()
    }
    try await wait(for: "\(message) at the gate") { gates["one"].count == before + 1 }
    return task
  }

  @Test("lets in one after the other, in the order in which they came")
  func order() async throws {
    let agent = agent(1)
    var tasks: [Task<[ResponsePart], any Error>] = []
    for message in ["a", "b", "c"] { tasks.append(try await ask(message, agent)) }
    for (message, task) in zip(["a", "b", "c"], tasks) {
      let asked = try await inner.next()
      #expect(asked.request.message == message)
      #expect(gates["one"].inside == 1)
      asked.finish("ok")
      #expect(try await task.value == [.text("ok")])
    }
    #expect(gates["one"].count == 0)
  }

  @Test("is left at once by who is stopped while waiting, and by who fails inside")
  func leaving() async throws {
    let agent = agent(1)
    let first = try await ask("a", agent)
    let stopped = try await ask("b", agent)
    let third = try await ask("c", agent)
    stopped.cancel()
    _ = await stopped.result
    try await wait(for: "it to be gone") { gates["one"].count == 2 }
    try await inner.next().fail(AgentFailure(.empty, agent: "one"))
    await #expect(throws: AgentFailure.self) { try await first.value }
    let asked = try await inner.next()
    #expect(asked.request.message == "c")
    third.cancel()
    await asked.end()
    _ = await third.result
    try await wait(for: "the gate to be empty") { gates["one"].count == 0 }
  }

  @Test("is the same for newer rules, whose number holds for those who come next")
  func newerRules() async throws {
    _ = try await ask("a", agent(nil))
    _ = try await inner.next()
    let second = try await ask("b", agent(1))
    #expect(gates["one"].inside == 1)
    let third = try await ask("c", agent(3))
    #expect(gates["one"].inside == 1)
    second.cancel()
    #expect(try await inner.next().request.message == "c")
    third.cancel()
  }

  @Test("takes nothing of the time of who waits")
  func time() async throws {
    let first = try await ask("a", agent(1))
    let second = try await ask("b", agent(1, timeoutSeconds: 1))
    let asked = try await inner.next()
    try await Task.sleep(for: .milliseconds(1_200))
    asked.finish("ok")
    _ = try await first.value
    try await inner.next().finish("ok")
    #expect(try await second.value == [.text("ok")])
  }

  @Test("is one for all sessions, and a message that waits for it can be stopped")
  func sessions() async throws {
    let bench = try Bench()
    await bench.registry.use(agents: ["one": agent(1)])
    let (left, right) = (await bench.registry.session(.channel("l")), await bench.registry.session(.channel("r")))
    _ = await left.submit(bench.request("p1", agent: "one"))
    let asked = try await inner.next()
    _ = await right.submit(bench.request("p2", agent: "one"))
    #expect(try await right.status().isWaitingForRoom)
    #expect(await right.stop().dropped == ["p2"])
    #expect(try await !right.status().isWaitingForRoom)
    asked.finish("ok")
    try await bench.outbox.reaches(1)
  }
}

extension AgentGate {
  fileprivate var inside: Int { state.withLock { $0.inside } }

  /// How many are inside or wait.
  fileprivate var count: Int { state.withLock { $0.inside + $0.waiting.count } }
}
