import Agents
import Core
import RuleEngine
import Sessions
import TestSupport
import Testing

@Suite(.everyStore, .timeLimit(.minutes(1)))
struct SessionRestartTests {
  @Test func `the conversation continues after a restart`() async throws {
    let folder = try TemporaryFolder()
    do {
      let fixture = try await Fixture(folder)
      let session = fixture.registry.session(.channel("c"))
      try await fixture.exchange(session, "p1", "one", answer: "1", usage: TokenUsage(input: 3, output: 1))
      await fixture.registry.shutDown()
      await fixture.store.close()
    }
    let fixture = try await Fixture(folder)
    let session = fixture.registry.session(.channel("c"))
    #expect(try await session.status().turns == 1)
    #expect(try await session.usage().total.tokens == TokenUsage(input: 3, output: 1))
    #expect(try await session.retry(fixture.request("p2", "")) == .asking(message: "one", .started))
    try await fixture.agent.next().finish("1, again")
    try await session.idle()
    let next = try await fixture.exchange(session, "p3", "three", answer: "3")
    #expect(next.history == [HistoryEntry(speaker: "alice", message: "one", answer: "1, again", agent: "scripted")])
  }

  @Test func `running and waiting messages survive a restart in their order, and a stopped turn does not`() async throws
  {
    let folder = try TemporaryFolder()
    do {
      let fixture = try await Fixture(folder)
      let (first, second) = (fixture.registry.session(.channel("c")), fixture.registry.session(.channel("d")))
      _ = await second.submit(fixture.request("p0", "stopped"))
      _ = try await fixture.agent.next()
      _ = await second.stop()
      _ = await first.submit(fixture.request("p1", "one"))
      _ = await second.submit(fixture.request("p2", "two"))
      _ = await first.submit(fixture.request("p3", "three"))
      let asks = [try await fixture.agent.next(), try await fixture.agent.next()]
      await fixture.registry.shutDown()
      for ask in asks { await ask.end() }
      // Messages that are submitted now are stored too, also by a new session.
      #expect(await first.submit(fixture.request("p4", "four", busy: BusyPolicy(mode: .reject))) == .postponed)
      #expect(await fixture.registry.session(.channel("e")).submit(fixture.request("p5", "five")) == .postponed)
      #expect(await fixture.delivered.replies.isEmpty)
      await fixture.store.close()
    }
    let fixture = try await Fixture(folder)
    let pending = try await fixture.store.pending()
    #expect(pending.map(\.claim) == ["p1", "p2", "p3", "p4", "p5"])
    #expect(pending.map(\.session) == ["channel:c", "channel:d", "channel:c", "channel:c", "channel:e"])
    #expect(pending.map(\.payload) == (1...5).map { "payload of p\($0)" })
    let session = fixture.registry.session(.channel("c"))
    var submissions: [SubmissionResult] = []
    for message in pending where message.session == "channel:c" {
      submissions.append(await session.submit(fixture.request(message.claim.text, message.payload)))
    }
    #expect(submissions == [.started, .queued(position: 1), .queued(position: 2)])
    for _ in 0..<3 { try await fixture.agent.next().finish("ok") }
    try await fixture.delivered.reaches(3)
    #expect(await fixture.delivered.replies.map(\.id) == ["p1", "p3", "p4"])
    try await session.idle()
    #expect(try await fixture.store.pending().map(\.claim) == ["p2", "p5"])
    try await fixture.store.finish(["p2"])
    #expect(try await fixture.store.pending().map(\.claim) == ["p5"])
  }

  @Test func `an answer that could not be delivered is delivered after a restart without asking the agent again`()
    async throws
  {
    let folder = try TemporaryFolder()
    do {
      let fixture = try await Fixture(folder)
      let session = fixture.registry.session(.channel("c"))
      _ = await session.submit(fixture.request("p1", "one") { _ in .postponed })
      try await fixture.agent.next().finish("1")
      try await session.idle()
      await fixture.store.close()
    }
    let fixture = try await Fixture(folder)
    let session = fixture.registry.session(.channel("c"))
    #expect(await session.submit(fixture.request("p1", "one")) == .started)
    try await fixture.delivered.reaches(1)
    #expect(await fixture.delivered.texts == ["1"])
    let next = try await fixture.exchange(session, "p2", "two", answer: "2")
    #expect(next.history == [HistoryEntry(speaker: "alice", message: "one", answer: "1", agent: "scripted")])
  }

  /// The moment within a turn at which a gateway is killed.
  enum Moment: CaseIterable {
    case claimed, claimStored, submitted, asked, delivering, partPosted, partRecorded, delivered
  }

  @Test(arguments: Moment.allCases)
  func `after a kill, no message is lost and no finished one comes back`(moment: Moment) async throws {
    let (files, began, go) = (try TemporaryFolder(), Gate(), Gate())
    let fixture = try await Fixture(files)
    let (store, delivered) = (fixture.store, fixture.delivered)
    var snapshot: TemporaryFolder?
    func kill(at now: Moment) async throws { if now == moment { snapshot = try await fixture.data.snapshot() } }

    #expect(try await store.claim("p1"))
    try await kill(at: .claimed)
    // Reading stores what waits for the next transaction.
    _ = try await store.pending()
    try await kill(at: .claimStored)
    let session = fixture.registry.session(.channel("c"))
    _ = await session.submit(
      fixture.request("p1", "one") { reply in
        began.open()
        await go.wait()
        await delivered.append(reply)
        return .posted(thread: nil)
      })
    try await kill(at: .submitted)
    let ask = try await fixture.agent.next()
    ask.say("half")
    try await kill(at: .asked)
    ask.finish(" and half")
    await began.wait()
    try await kill(at: .delivering)
    try await store.recordPosted(1, of: "p1", thread: "t1")
    try await kill(at: .partPosted)
    _ = try await store.pending()
    try await kill(at: .partRecorded)
    go.open()
    try await fixture.delivered.reaches(1)
    try await session.idle()
    try await kill(at: .delivered)

    let left: TemporaryFolder = try #require(snapshot)
    let after = try await Fixture(left)
    // SQLite stores claims and what was posted a moment later: a claim that is lost is made again with its post, which has
    // no cursor yet.
    let isDelayed = StoreKind.current == .sqlite
    #expect(try await after.store.isClaimed("p1") == (moment != .claimed || !isDelayed))
    let unfinished = try await after.store.unfinished()
    let pending = try await after.store.pending().map(\.claim)
    switch moment {
    case .claimed where !isDelayed, .claimStored:
      #expect(pending.isEmpty && unfinished == [.claimed("p1")])
    case .claimed, .delivered:
      #expect(pending.isEmpty && unfinished.isEmpty)
    case .submitted, .asked:
      #expect(pending == ["p1"])
      let again = after.registry.session(.channel("c"))
      #expect(try await after.exchange(again, "p1", "one", answer: "whole").history.isEmpty)
      #expect(await after.delivered.texts == ["whole"])
    case .delivering, .partPosted, .partRecorded:
      #expect(pending == ["p1"])
      let again = after.registry.session(.channel("c"))
      _ = await again.submit(after.request("p1", "one"))
      try await after.delivered.reaches(1)
      // One that was not recorded is found by its mark.
      let parts = moment == .partRecorded || moment == .partPosted && !isDelayed ? 1 : 0
      let reply = Reply(id: "p1", text: "half and half", postedCount: parts, isResumed: true)
      #expect(await after.delivered.replies == [reply])
      try await again.idle()
      #expect(try await after.store.pending().isEmpty)
    }
  }
}
