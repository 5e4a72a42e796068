import RuleEngine
import Testing

@testable import AgentSessions

@Suite("A turn without an answer", .timeLimit(.minutes(1)))
struct SessionFailureTests {
  private struct Surprise: Error {}

  @Test("A failure is delivered, is not in the history, and the session goes on")
  func failure() async throws {
    let bench = try Bench()
    let session = await bench.registry.session(.channel("c"))
    _ = await session.submit(bench.request("p1", "one"))
    try await bench.agent.next().fail(AgentFailure(.rateLimited, agent: "scripted"))
    try await bench.outbox.reaches(1)
    let next = try await bench.exchange(session, "p2", "two", answer: "2")
    #expect(next.history.isEmpty)
    #expect(await bench.outbox.texts == ["failed: rateLimited", "2"])
    #expect(try await bench.store.pending().isEmpty)
  }

  @Test("An unforeseen error, an empty answer and an unknown agent are failures too")
  func otherFailures() async throws {
    let bench = try Bench()
    let session = await bench.registry.session(.channel("c"))
    _ = await session.submit(bench.request("p1"))
    try await bench.agent.next().fail(Surprise())
    _ = await session.submit(bench.request("p2"))
    try await bench.agent.next().finish(" \n ")
    _ = await session.submit(bench.request("p3", agent: "nobody"))
    try await bench.outbox.reaches(3)
    #expect(await bench.outbox.texts == ["failed: other", "failed: empty", "failed: unknownAgent"])
  }

  @Test("An answer past the limit is cut, says so, and ends the agent's work")
  func endlessAnswer() async throws {
    let bench = try Bench()
    let session = await bench.registry.session(.channel("c"))
    _ = await session.submit(bench.request("p1"))
    let ask = try await bench.agent.next()
    let kilobyte = String(repeating: "é", count: 512)
    for _ in 0..<200 { ask.say(kilobyte) }
    await ask.end()
    try await bench.outbox.reaches(1)
    let text = try #require(await bench.outbox.texts.first)
    #expect(text.hasSuffix("too long for a chat. Ask for the rest, or for less.)"))
    #expect(text.utf8.count < Limits.answerBytesMax + 200)
  }

  @Test("An answer that nobody can ever see is not in the history")
  func refusedDelivery() async throws {
    let bench = try Bench()
    let session = await bench.registry.session(.channel("c"))
    _ = await session.submit(bench.request("p1", "one") { _ in .refused })
    try await bench.agent.next().finish("1")
    try await session.idle()
    #expect(try await bench.store.pending().isEmpty)
    #expect(try await bench.exchange(session, "p2", "two", answer: "2").history.isEmpty)
  }

  @Test("After a change of the rules the next turn uses the new agents, the running one finishes with its own")
  func changedAgents() async throws {
    let bench = try Bench()
    let session = await bench.registry.session(.channel("c"))
    _ = await session.submit(bench.request("p1", "one"))
    let ask = try await bench.agent.next()
    await bench.registry.use(agents: ["scripted": EchoAgent()])
    _ = await session.submit(bench.request("p2", "two"))
    ask.finish("1")
    try await bench.outbox.reaches(2)
    #expect(await bench.outbox.texts == ["1", "two"])
  }

  @Test("A message that cannot be kept is reported and not answered")
  func closedStore() async throws {
    let bench = try Bench()
    let session = await bench.registry.session(.channel("c"))
    await bench.store.close()
    let submission = await session.submit(bench.request("p1"))
    guard case .rejected(.store(let error)) = submission else {
      Issue.record("\(submission)")
      return
    }
    #expect(error.code == .closed)
    await #expect(throws: StoreError.self) { try await session.status() }
  }
}
