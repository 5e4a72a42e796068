import AgentSessions
import RuleEngine
import Synchronization
import TestSupport
import Testing

@Suite("A message for the agent that is answering", .timeLimit(.minutes(1)))
struct SessionSteerTests {
  private let bench: Bench
  private let session: Session
  private let steer = BusyPolicy(mode: .steer, max: 2)

  init() async throws {
    bench = try Bench()
    session = await bench.registry.session(.channel("c"))
    bench.agent.hears.withLock { $0 = true }
  }

  private func submit(_ post: String, _ message: String, user: String = "u-alice") async -> Submission {
    await session.submit(bench.request(post, message, user: user, busy: steer))
  }

  @Test("is told to it, belongs to its answer, and is answered by nothing else")
  func joined() async throws {
    #expect(await submit("p1", "one") == .started)
    let ask = try await bench.agent.next()
    #expect(await submit("p2", "two", user: "u-bob") == .joined)
    let told = try await bench.agent.nextTold()
    #expect(told.message == "two" && told.speaker == "bob" && told.history.isEmpty)
    ask.finish("to both")
    try await bench.outbox.reaches(1)
    try await session.idle()
    #expect(try await bench.store.pending().isEmpty)

    let next = try await bench.exchange(session, "p3", "three", answer: "3")
    #expect(next.history.map(\.message) == ["one\n\nbob: two"])
    #expect(next.history.map(\.answer) == ["to both"])
    #expect(await bench.outbox.replies.map(\.id) == ["p1", "p3"])
  }

  @Test("waits where it cannot be told: the agent does not hear, has not begun, is another, or heard enough")
  func waits() async throws {
    #expect(await submit("p1", "one") == .started)
    let ask = try await bench.agent.next()
    #expect(await submit("p2", "two") == .joined)
    #expect(await submit("p3", "three") == .joined)
    #expect(await submit("p4", "four") == .queued(place: 1))
    let other = bench.request("p5", "five", agent: "echo", busy: steer)
    #expect(await session.submit(other) == .queued(place: 2))
    bench.agent.hears.withLock { $0 = false }
    ask.finish("done")
    let fourth = try await bench.agent.next()
    #expect(fourth.request.message == "four")
    #expect(await submit("p6", "six") == .queued(place: 2))
    fourth.finish("done")
    try await bench.agent.next().finish("six done")
    try await session.idle()
    #expect(await bench.outbox.replies.map(\.id).sorted() == ["p1", "p4", "p5", "p6"])
  }

  @Test("ends with the answer that somebody stops")
  func stopped() async throws {
    _ = await submit("p1", "one")
    _ = try await bench.agent.next()
    #expect(await submit("p2", "two") == .joined)
    #expect(await session.stop().isOver)
    try await session.idle()
    #expect(try await bench.store.pending().isEmpty)
    #expect(await bench.outbox.replies.isEmpty)
  }

  @Test("is not told again after a restart, nor lost: it hears that it was left")
  func restarted() async throws {
    _ = await submit("p1", "one")
    _ = try await bench.agent.next()
    #expect(await submit("p2", "two") == .joined)
    await bench.registry.shutDown()
    #expect(try await bench.store.pending().map(\.post) == ["p1", "p2"])
  }

  @Test("waits where a hook says no, and hears so in its own turn")
  func hook() async throws {
    _ = await submit("p1", "one")
    let ask = try await bench.agent.next()
    var refused = bench.request("p2", "two", busy: steer)
    refused.mayBegin = { _, _ in "not today" }
    #expect(await session.submit(refused) == .queued(place: 1))
    ask.finish("one done")
    try await bench.outbox.reaches(2)
    #expect(await bench.outbox.replies.map(\.text) == ["one done", "not today"])
  }
}
