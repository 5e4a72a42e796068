import Agents
import Core
import RuleEngine
import Sessions
import Synchronization
import TestSupport
import Testing

@Suite(.everyStore, .timeLimit(.minutes(1)))
struct SessionSteerTests {
  private let fixture: Fixture
  private let session: Session
  private let steer = BusyPolicy(mode: .steer, max: 2)

  init() async throws {
    fixture = try await Fixture()
    session = fixture.registry.session(.channel("c"))
    fixture.agent.hears.withLock { $0 = true }
  }

  private func submit(_ post: String, _ message: String, user: String = "u-alice") async -> SubmissionResult {
    await session.submit(fixture.request(post, message, user: user, busy: steer))
  }

  /// Submits a message that the agent is told of.
  private func join(_ post: String, _ message: String, user: String = "u-alice") async throws -> AgentRequest {
    _ = await submit(post, message, user: user)
    let told = try await fixture.agent.nextTold()
    try await wait(for: "\(post) to wait no more") { await session.position(of: Claim(text: post)) == nil }
    return told
  }

  @Test func `a message that the running agent is told of belongs to its answer alone`() async throws {
    #expect(await submit("p1", "one") == .started)
    let ask = try await fixture.agent.next()
    let told = try await join("p2", "two", user: "u-bob")
    #expect(told.message == "two" && told.speaker == "bob" && told.history.isEmpty)
    ask.finish("to both")
    try await fixture.delivered.reaches(1)
    try await session.idle()
    #expect(try await fixture.store.pending().isEmpty)

    let next = try await fixture.exchange(session, "p3", "three", answer: "3")
    #expect(next.history.map(\.message) == ["one", "two"])
    #expect(next.history.map(\.speaker) == ["alice", "bob"])
    #expect(next.history.map(\.answer) == [nil, "to both"])
    #expect(await fixture.delivered.replies.map(\.id) == ["p1", "p3"])
  }

  @Test func `a retry asks the message with the one that joined it, each by its author`() async throws {
    _ = await submit("p1", "one\n\nbob: two")
    let ask = try await fixture.agent.next()
    _ = try await join("p2", "three", user: "u-bob")
    ask.finish("to both")
    try await fixture.delivered.reaches(1)
    try await session.idle()
    for post in ["p3", "p4"] {
      _ = try await session.retry(fixture.request(post))
      let again = try await fixture.agent.next()
      #expect(again.request.message == "one\n\nbob: two" && again.request.speaker == "alice")
      #expect(again.request.more == [ChatMessage(speaker: "bob", text: "three")])
      again.finish("again")
      try await session.idle()
    }
    let next = try await fixture.exchange(session, "p5", "four", answer: "4")
    #expect(next.history.map(\.speaker) == ["alice", "bob"] && next.history.map(\.answer) == [nil, "again"])
  }

  @Test func `a retry asks a message alone that joined another user's turn`() async throws {
    _ = await submit("p1", "one", user: "u-bob")
    try await fixture.agent.next().finish("1")
    try await session.idle()
    _ = await submit("p2", "two")
    let ask = try await fixture.agent.next()
    _ = try await join("p3", "three", user: "u-bob")
    let report = try await session.retry(fixture.request("p4", user: "u-bob"))
    #expect(report == .asking(message: "three", .queued(position: 1)))
    ask.finish("to both")
    let again = try await fixture.agent.next()
    #expect(again.request.message == "three" && again.request.more.isEmpty && again.request.speaker == "bob")
    again.finish("3")
    try await session.idle()
    let next = try await fixture.exchange(session, "p5", "four", answer: "4")
    #expect(next.history.map(\.answer) == ["1", nil, "to both", "3"])
  }

  @Test func `a retry of an unfinished message asks it with the one that it joined, if both are of the same user`()
    async throws
  {
    _ = await submit("p1", "one")
    let ask = try await fixture.agent.next()
    _ = try await join("p2", "two")
    _ = try await session.retry(fixture.request("p3"))
    ask.finish("to both")
    let again = try await fixture.agent.next()
    #expect(again.request.message == "one" && again.request.more.map(\.text) == ["two"] && again.request.isRetry)
    again.finish("again")
    try await session.idle()
    let next = try await fixture.exchange(session, "p4", "four", answer: "4")
    #expect(next.history.map(\.answer) == [nil, "again"])
  }

  @Test func `a message waits if it is answered elsewhere, is for another agent, or the agent cannot be told`()
    async throws
  {
    #expect(await submit("p1", "one") == .started)
    let ask = try await fixture.agent.next()
    var elsewhere = fixture.request("p2", "two", busy: steer)
    elsewhere.location.root = "another"
    #expect(await session.submit(elsewhere) == .queued(position: 1))
    let other = fixture.request("p3", "three", agent: "echo", busy: steer)
    #expect(await session.submit(other) == .queued(position: 2))
    ask.finish("done")
    let second = try await fixture.agent.next()
    #expect(second.request.message == "two")
    fixture.agent.hears.withLock { $0 = false }
    _ = await submit("p4", "four")
    second.finish("done")
    try await fixture.agent.next().finish("done")
    try await session.idle()
    #expect(await fixture.delivered.replies.map(\.id) == ["p1", "p2", "p3", "p4"])
  }

  @Test func `a message waits if the agent was told its maximum`() async throws {
    #expect(await submit("p1", "one") == .started)
    let ask = try await fixture.agent.next()
    _ = try await join("p2", "two")
    _ = try await join("p3", "three")
    #expect(await submit("p4", "four") == .queued(position: 1))
    ask.finish("done")
    try await fixture.agent.next().finish("done")
    try await session.idle()
    #expect(await fixture.delivered.replies.map(\.id) == ["p1", "p4"])
  }

  @Test func `a message that joined a turn ends with the answer that is stopped`() async throws {
    _ = await submit("p1", "one")
    _ = try await fixture.agent.next()
    _ = try await join("p2", "two")
    #expect(await session.stop().isOver)
    try await session.idle()
    #expect(try await fixture.store.pending().isEmpty)
    #expect(await fixture.delivered.replies.isEmpty)
  }

  @Test func `after a restart, a message that joined an answer is neither told nor answered again`() async throws {
    let folder = try TemporaryFolder()
    do {
      let fixture = try await Fixture(folder)
      fixture.agent.hears.withLock { $0 = true }
      let session = fixture.registry.session(.channel("c"))
      _ = await session.submit(fixture.request("p1", "one") { _ in .postponed })
      let ask = try await fixture.agent.next()
      _ = await session.submit(fixture.request("p2", "two", busy: steer))
      _ = try await fixture.agent.nextTold()
      try await wait(for: "it to wait no more") { await session.position(of: "p2") == nil }
      #expect(try await fixture.store.pending().map(\.claim) == ["p1", "p2"])
      ask.finish("to both")
      // The answer is stored and not posted; it is to the second message too.
      try await wait(for: "the answer to be kept") { try await fixture.store.pending().map(\.claim) == ["p1"] }
      await fixture.registry.shutDown()
      await fixture.store.close()
    }
    let fixture = try await Fixture(folder)
    let session = fixture.registry.session(.channel("c"))
    for message in try await fixture.store.pending() { _ = await session.submit(fixture.request(message.claim.text)) }
    try await session.idle()
    #expect(await fixture.delivered.replies.map(\.text) == ["to both"])
  }

  @Test func `a message that a hook refuses waits and is refused in its own turn; the hook is asked once`() async throws
  {
    _ = await submit("p1", "one")
    let ask = try await fixture.agent.next()
    let asked = Mutex(0)
    let refused = fixture.request("p2", "two", busy: steer).with {
      $0.refusal = { _ in
        asked.withLock { $0 += 1 }
        return "not today"
      }
    }
    #expect(await session.submit(refused) == .queued(position: 1))
    ask.finish("one done")
    try await fixture.delivered.reaches(2)
    #expect(await fixture.delivered.replies.map(\.text) == ["one done", "not today"])
    #expect(asked.withLock { $0 } == 1)
  }

  @Test func `a message for the running agent blocks nothing while a hook thinks about it, and a stop drops it`()
    async throws
  {
    _ = await submit("p1", "one")
    _ = try await fixture.agent.next()
    let gate = Gate()
    let slow = fixture.request("p2", "two", busy: steer).with {
      $0.refusal = { _ in
        await gate.wait()
        return nil
      }
    }
    #expect(await session.submit(slow) == .queued(position: 1))
    let report = await session.stop()
    #expect(report.isOver && report.dropped == ["p2"])
    gate.open()
    try await fixture.exchange(session, "p3", "three", answer: "3")
    #expect(await fixture.delivered.replies.map(\.id) == ["p3"])
  }
}
