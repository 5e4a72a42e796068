import Agents
import Core
import RuleEngine
import Testing

@testable import Sessions

@Suite(.everyStore, .timeLimit(.minutes(1)))
struct SessionFailureTests {
  private struct Surprise: Error {}

  @Test func `a failure is delivered and not in the history, and the session goes on`() async throws {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    _ = await session.submit(fixture.request("p1", "one"))
    try await fixture.agent.next().fail(AgentFailure(.rateLimited, agent: "scripted"))
    try await fixture.delivered.reaches(1)
    let next = try await fixture.exchange(session, "p2", "two", answer: "2")
    #expect(next.history.isEmpty)
    #expect(await fixture.delivered.texts == ["failed: rateLimited", "2"])
    #expect(try await fixture.store.pending().isEmpty)
  }

  @Test func `an unforeseen error, an empty answer and an unknown agent are failures too`() async throws {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    _ = await session.submit(fixture.request("p1"))
    try await fixture.agent.next().fail(Surprise())
    _ = await session.submit(fixture.request("p2"))
    try await fixture.agent.next().finish(" \n ")
    _ = await session.submit(fixture.request("p3", agent: "nobody"))
    try await fixture.delivered.reaches(3)
    #expect(await fixture.delivered.texts == ["failed: other", "failed: empty", "failed: unknownAgent"])
  }

  @Test func `an answer past the limit is cut, says so, and ends the agent's work`() async throws {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    _ = await session.submit(fixture.request("p1"))
    let ask = try await fixture.agent.next()
    let kilobyte = String(repeating: "é", count: 512)
    for _ in 0..<200 { ask.say(kilobyte) }
    await ask.end()
    try await fixture.delivered.reaches(1)
    let text = try #require(await fixture.delivered.texts.first)
    #expect(text.hasSuffix("too long for a chat. Ask for the rest, or for less.)"))
    #expect(text.utf8.count < Limits.answerBytesMax + 200)
  }

  @Test func `an answer that was never posted is not in the history`() async throws {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    _ = await session.submit(fixture.request("p1", "one") { _ in .refused })
    try await fixture.agent.next().finish("1")
    try await session.idle()
    #expect(try await fixture.store.pending().isEmpty)
    #expect(try await fixture.exchange(session, "p2", "two", answer: "2").history.isEmpty)
  }

  @Test func `after a change of the rules the next turn uses the new agents, the running one its own`() async throws {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    _ = await session.submit(fixture.request("p1", "one"))
    let ask = try await fixture.agent.next()
    fixture.registry.use(agents: ["scripted": EchoAgent()])
    _ = await session.submit(fixture.request("p2", "two"))
    ask.finish("1")
    try await fixture.delivered.reaches(2)
    #expect(await fixture.delivered.texts == ["1", "two"])
  }

  @Test func `a message that cannot be stored is rejected`() async throws {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    await fixture.store.close()
    let submission = await session.submit(fixture.request("p1"))
    guard case .rejected(.store(let error)) = submission else {
      Issue.record("\(submission)")
      return
    }
    #expect(error.code == .closed)
    await #expect(throws: StoreError.self) { try await session.status() }
  }
}
