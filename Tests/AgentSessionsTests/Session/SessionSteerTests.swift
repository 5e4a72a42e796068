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

  private func submit(_ post: String, _ message: String, user: String = "u-alice") async -> SubmissionResult {
    await session.submit(bench.request(post, message, user: user, busy: steer))
  }

  /// Submits a message that the agent is told of.
  private func join(_ post: String, _ message: String, user: String = "u-alice") async throws -> AgentRequest {
    _ = await submit(post, message, user: user)
    let told = try await bench.agent.nextTold()
    try await wait(for: "\(post) to wait no more") { await session.place(of: post) == nil }
    return told
  }

  @Test("is told to it, belongs to its answer, and is answered by nothing else")
  func joined() async throws {
    #expect(await submit("p1", "one") == .started)
    let ask = try await bench.agent.next()
    let told = try await join("p2", "two", user: "u-bob")
    #expect(told.message == "two" && told.speaker == "bob" && told.history.isEmpty)
    ask.finish("to both")
    try await bench.outbox.reaches(1)
    try await session.idle()
    #expect(try await bench.store.pending().isEmpty)

    let next = try await bench.exchange(session, "p3", "three", answer: "3")
    #expect(next.history.map(\.message) == ["one", "two"])
    #expect(next.history.map(\.speaker) == ["alice", "bob"])
    #expect(next.history.map(\.answer) == [nil, "to both"])
    #expect(await bench.outbox.replies.map(\.id) == ["p1", "p3"])
  }

  /// Issue 11, no. 12.
  @Test("is asked again with the one that it joined, each by whoever said it")
  func retried() async throws {
    _ = await submit("p1", "one\n\nbob: two")
    let ask = try await bench.agent.next()
    _ = try await join("p2", "three", user: "u-bob")
    ask.finish("to both")
    try await bench.outbox.reaches(1)
    try await session.idle()
    for post in ["p3", "p4"] {
      _ = try await session.retry(bench.request(post))
      let again = try await bench.agent.next()
      #expect(again.request.message == "one\n\nbob: two" && again.request.speaker == "alice")
      #expect(again.request.more == [ChatMessage(speaker: "bob", text: "three")])
      again.finish("again")
      try await session.idle()
    }
    let next = try await bench.exchange(session, "p5", "four", answer: "4")
    #expect(next.history.map(\.speaker) == ["alice", "bob"] && next.history.map(\.answer) == [nil, "again"])
  }

  @Test("is asked again alone by its author, if it joined somebody else's")
  func retriedAlone() async throws {
    _ = await submit("p1", "one", user: "u-bob")
    try await bench.agent.next().finish("1")
    try await session.idle()
    _ = await submit("p2", "two")
    let ask = try await bench.agent.next()
    _ = try await join("p3", "three", user: "u-bob")
    let report = try await session.retry(bench.request("p4", user: "u-bob"))
    #expect(report == .asking(message: "three", .queued(place: 1)))
    ask.finish("to both")
    let again = try await bench.agent.next()
    #expect(again.request.message == "three" && again.request.more.isEmpty && again.request.speaker == "bob")
    again.finish("3")
    try await session.idle()
    let next = try await bench.exchange(session, "p5", "four", answer: "4")
    #expect(next.history.map(\.answer) == ["1", nil, "to both", "3"])
  }

  @Test("is asked again with the one that it joined, if both are of the same person and not over yet")
  func retriedWithOwn() async throws {
    _ = await submit("p1", "one")
    let ask = try await bench.agent.next()
    _ = try await join("p2", "two")
    _ = try await session.retry(bench.request("p3"))
    ask.finish("to both")
    let again = try await bench.agent.next()
    #expect(again.request.message == "one" && again.request.more.map(\.text) == ["two"] && again.request.isRetry)
    again.finish("again")
    try await session.idle()
    let next = try await bench.exchange(session, "p4", "four", answer: "4")
    #expect(next.history.map(\.answer) == [nil, "again"])
  }

  @Test("waits where it cannot be told: it answers elsewhere, is for another agent, or the agent does not hear")
  func waits() async throws {
    #expect(await submit("p1", "one") == .started)
    let ask = try await bench.agent.next()
    var elsewhere = bench.request("p2", "two", busy: steer)
    elsewhere.place = "another thread"
    #expect(await session.submit(elsewhere) == .queued(place: 1))
    let other = bench.request("p3", "three", agent: "echo", busy: steer)
    #expect(await session.submit(other) == .queued(place: 2))
    ask.finish("done")
    let second = try await bench.agent.next()
    #expect(second.request.message == "two")
    bench.agent.hears.withLock { $0 = false }
    _ = await submit("p4", "four")
    second.finish("done")
    try await bench.agent.next().finish("done")
    try await session.idle()
    #expect(await bench.outbox.replies.map(\.id) == ["p1", "p2", "p3", "p4"])
  }

  @Test("waits where the agent was told as much as may wait")
  func enough() async throws {
    #expect(await submit("p1", "one") == .started)
    let ask = try await bench.agent.next()
    _ = try await join("p2", "two")
    _ = try await join("p3", "three")
    #expect(await submit("p4", "four") == .queued(place: 1))
    ask.finish("done")
    try await bench.agent.next().finish("done")
    try await session.idle()
    #expect(await bench.outbox.replies.map(\.id) == ["p1", "p4"])
  }

  @Test("ends with the answer that somebody stops")
  func stopped() async throws {
    _ = await submit("p1", "one")
    _ = try await bench.agent.next()
    _ = try await join("p2", "two")
    #expect(await session.stop().isOver)
    try await session.idle()
    #expect(try await bench.store.pending().isEmpty)
    #expect(await bench.outbox.replies.isEmpty)
  }

  @Test("is neither told nor answered again after a restart: its asker hears that it was left, or has the answer")
  func restarted() async throws {
    let folder = try TemporaryFolder()
    do {
      let bench = try Bench(folder)
      bench.agent.hears.withLock { $0 = true }
      let session = await bench.registry.session(.channel("c"))
      var first = bench.request("p1", "one")
      first.deliver = { _ in .later }
      _ = await session.submit(first)
      let ask = try await bench.agent.next()
      _ = await session.submit(bench.request("p2", "two", busy: steer))
      _ = try await bench.agent.nextTold()
      try await wait(for: "it to wait no more") { await session.place(of: "p2") == nil }
      #expect(try await bench.store.pending().map(\.post) == ["p1", "p2"])
      ask.finish("to both")
      // The answer is kept and not out; it is to the second message too.
      try await wait(for: "the answer to be kept") { try await bench.store.pending().map(\.post) == ["p1"] }
      await bench.registry.shutDown()
      await bench.store.close()
    }
    let bench = try Bench(folder)
    let session = await bench.registry.session(.channel("c"))
    for message in try await bench.store.pending() { _ = await session.submit(bench.request(message.post)) }
    try await session.idle()
    #expect(await bench.outbox.replies.map(\.text) == ["to both"])
  }

  @Test("waits where a hook says no, hears so in its own turn, and the hook is asked once")
  func hook() async throws {
    _ = await submit("p1", "one")
    let ask = try await bench.agent.next()
    let asked = Mutex(0)
    var refused = bench.request("p2", "two", busy: steer)
    refused.mayBegin = { _, _ in
      asked.withLock { $0 += 1 }
      return "not today"
    }
    #expect(await session.submit(refused) == .queued(place: 1))
    ask.finish("one done")
    try await bench.outbox.reaches(2)
    #expect(await bench.outbox.replies.map(\.text) == ["one done", "not today"])
    #expect(asked.withLock { $0 } == 1)
  }

  @Test("holds nobody up while a hook thinks about it, and is dropped by a stop meanwhile")
  func slowHook() async throws {
    _ = await submit("p1", "one")
    _ = try await bench.agent.next()
    let gate = Gate()
    var slow = bench.request("p2", "two", busy: steer)
    slow.mayBegin = { _, _ in
      await gate.wait()
      return nil
    }
    #expect(await session.submit(slow) == .queued(place: 1))
    let report = await session.stop()
    #expect(report.isOver && report.dropped == ["p2"])
    gate.open()
    try await bench.exchange(session, "p3", "three", answer: "3")
    #expect(await bench.outbox.replies.map(\.id) == ["p3"])
  }
}
