import AgentSessions
import RuleEngine
import TestSupport
import Testing

@Suite("After a restart", .timeLimit(.minutes(1)))
struct SessionRestartTests {
  @Test("the conversation goes on")
  func history() async throws {
    let folder = try TemporaryFolder()
    do {
      let bench = try Bench(folder)
      let session = await bench.registry.session(.channel("c"))
      try await bench.exchange(session, "p1", "one", answer: "1", usage: TokenUsage(input: 3, output: 1))
      await bench.registry.shutDown()
      await bench.store.close()
    }
    let bench = try Bench(folder)
    let session = await bench.registry.session(.channel("c"))
    #expect(try await session.status().turns == 1)
    #expect(try await session.usage().total.tokens == TokenUsage(input: 3, output: 1))
    #expect(try await session.retry(bench.request("p2", "")) == .asking(message: "one", .started))
    try await bench.agent.next().finish("1, again")
    try await session.idle()
    let next = try await bench.exchange(session, "p3", "three", answer: "3")
    #expect(next.history == [HistoryEntry(speaker: "alice", message: "one", answer: "1, again", agent: "scripted")])
  }

  @Test("what ran and what waited is there in its order, and a stopped turn is not")
  func waiting() async throws {
    let folder = try TemporaryFolder()
    do {
      let bench = try Bench(folder)
      let (first, second) = (await bench.registry.session(.channel("c")), await bench.registry.session(.channel("d")))
      _ = await second.submit(bench.request("p0", "stopped"))
      _ = try await bench.agent.next()
      _ = await second.stop()
      _ = await first.submit(bench.request("p1", "one"))
      _ = await second.submit(bench.request("p2", "two"))
      _ = await first.submit(bench.request("p3", "three"))
      let asks = [try await bench.agent.next(), try await bench.agent.next()]
      await bench.registry.shutDown()
      for ask in asks { await ask.end() }
      // What is submitted now is kept too, also by a session that did not exist before.
      #expect(await first.submit(bench.request("p4", "four", busy: BusyPolicy(mode: .reject))) == .deferred)
      #expect(await bench.registry.session(.channel("e")).submit(bench.request("p5", "five")) == .deferred)
      #expect(await bench.outbox.replies.isEmpty)
      await bench.store.close()
    }
    let bench = try Bench(folder)
    let pending = try await bench.store.pending()
    #expect(pending.map(\.post) == ["p1", "p2", "p3", "p4", "p5"])
    #expect(pending.map(\.session) == ["channel:c", "channel:d", "channel:c", "channel:c", "channel:e"])
    #expect(pending.map(\.payload) == (1...5).map { "payload of p\($0)" })
    let session = await bench.registry.session(.channel("c"))
    var submissions: [SubmissionResult] = []
    for message in pending where message.session == "channel:c" {
      submissions.append(await session.submit(bench.request(message.post, message.payload)))
    }
    #expect(submissions == [.started, .queued(place: 1), .queued(place: 2)])
    for _ in 0..<3 { try await bench.agent.next().finish("ok") }
    try await bench.outbox.reaches(3)
    #expect(await bench.outbox.replies.map(\.id) == ["p1", "p3", "p4"])
    try await session.idle()
    #expect(try await bench.store.pending().map(\.post) == ["p2", "p5"])
    try await bench.store.finish(["p2"])
    #expect(try await bench.store.pending().map(\.post) == ["p5"])
  }

  @Test("what could not be delivered is delivered without asking the agent again")
  func laterDelivery() async throws {
    let folder = try TemporaryFolder()
    do {
      let bench = try Bench(folder)
      let session = await bench.registry.session(.channel("c"))
      _ = await session.submit(bench.request("p1", "one") { _ in .later })
      try await bench.agent.next().finish("1")
      try await session.idle()
      await bench.store.close()
    }
    let bench = try Bench(folder)
    let session = await bench.registry.session(.channel("c"))
    #expect(await session.submit(bench.request("p1", "one")) == .started)
    try await bench.outbox.reaches(1)
    #expect(await bench.outbox.texts == ["1"])
    let next = try await bench.exchange(session, "p2", "two", answer: "2")
    #expect(next.history == [HistoryEntry(speaker: "alice", message: "one", answer: "1", agent: "scripted")])
  }

  /// Where a gateway is killed within a turn, and what the next one then finds.
  enum Moment: CaseIterable {
    case claimed, submitted, asked, delivering, partPosted, delivered
  }

  @Test("of a killed gateway, no message is lost and no finished one comes back", arguments: Moment.allCases)
  func killed(moment: Moment) async throws {
    let (files, began, go) = (try TemporaryFolder(), Gate(), Gate())
    let bench = try Bench(files)
    let (store, outbox) = (bench.store, bench.outbox)
    var snapshot: TemporaryFolder?
    func kill(at now: Moment) throws { if now == moment { snapshot = try files.snapshot() } }

    #expect(try await store.claim("p1"))
    try kill(at: .claimed)
    let session = await bench.registry.session(.channel("c"))
    _ = await session.submit(
      bench.request("p1", "one") { reply in
        began.open()
        await go.wait()
        await outbox.add(reply)
        return .posted
      })
    try kill(at: .submitted)
    let ask = try await bench.agent.next()
    ask.say("half")
    try kill(at: .asked)
    ask.finish(" and half")
    await began.wait()
    try kill(at: .delivering)
    try await store.recordPosted(parts: 1, of: "p1", inThread: "t1")
    try kill(at: .partPosted)
    go.open()
    try await bench.outbox.reaches(1)
    try await session.idle()
    try kill(at: .delivered)

    let left: TemporaryFolder = try #require(snapshot)
    let after = try Bench(left)
    #expect(try await !after.store.claim("p1"))
    let unfinished = try await after.store.unfinished()
    let pending = try await after.store.pending().map(\.post)
    switch moment {
    case .claimed:
      #expect(pending.isEmpty && unfinished == [.claimed("p1")])
    case .delivered:
      #expect(pending.isEmpty && unfinished.isEmpty)
    case .submitted, .asked:
      #expect(pending == ["p1"])
      let again = await after.registry.session(.channel("c"))
      #expect(try await after.exchange(again, "p1", "one", answer: "whole").history.isEmpty)
      #expect(await after.outbox.texts == ["whole"])
    case .delivering, .partPosted:
      #expect(pending == ["p1"])
      let again = await after.registry.session(.channel("c"))
      _ = await again.submit(after.request("p1", "one"))
      try await after.outbox.reaches(1)
      let parts = moment == .partPosted ? 1 : 0
      let reply = Reply(id: "p1", text: "half and half", partsPosted: parts, isResumed: true)
      #expect(await after.outbox.replies == [reply])
      try await again.idle()
      #expect(try await after.store.pending().isEmpty)
    }
  }
}
