import Agents
import Core
import RuleEngine
import Sessions
import Testing

@Suite(.everyStore, .timeLimit(.minutes(1)))
struct SessionBusyTests {
  @Test(arguments: [BusyMode.queue, .steer])
  func `a busy session lets at most the maximum of messages wait`(mode: BusyMode) async throws {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    let busy = BusyPolicy(mode: mode, max: 2)
    let submissions = [
      await session.submit(fixture.request("p1", busy: busy)), await session.submit(fixture.request("p2", busy: busy)),
      await session.submit(fixture.request("p3", busy: busy)), await session.submit(fixture.request("p4", busy: busy)),
    ]
    #expect(submissions == [.started, .queued(position: 1), .queued(position: 2), .rejected(.full(max: 2))])
    #expect(try await fixture.store.pending().map(\.claim) == ["p1", "p2", "p3"])
    _ = await session.stop()
  }

  @Test func `in a full queue, each user may have an equal share, and no more`() async throws {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    func submit(_ user: String, _ count: Int) async -> Int {
      var accepted = 0
      for number in 1...count {
        let request = fixture.request("\(user)\(number)", user: "u-\(user)", busy: BusyPolicy(max: 6))
        if await session.submit(request) != .rejected(.full(max: 6)) { accepted += 1 }
      }
      return accepted
    }
    // One runs, and six wait.
    #expect(await submit("alice", 10) == 7)
    #expect(await submit("bob", 10) == 3)
    #expect(await submit("carol", 10) == 2)
    #expect(await submit("dave", 10) == 1)
    #expect(await submit("alice", 1) == 0)
    #expect(await submit("bob", 1) == 0)
    #expect(try await session.status().waiting == 12)
    _ = await session.stop()
  }

  @Test func `a busy session rejects a message if the rule says 'reject'`() async throws {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    let busy = BusyPolicy(mode: .reject)
    #expect(await session.submit(fixture.request("p1", busy: busy)) == .started)
    #expect(await session.submit(fixture.request("p2", busy: busy)) == .rejected(.busy))
    #expect(try await fixture.store.pending().map(\.claim) == ["p1"])
    try await fixture.agent.next().finish("1")
    try await fixture.delivered.reaches(1)
    try await session.idle()
    #expect(await session.submit(fixture.request("p3", busy: busy)) == .started)
    _ = await session.stop()
  }

  @Test func `an interrupting message stops the running turn, and the agent sees both`() async throws {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    let busy = BusyPolicy(mode: .interrupt)
    #expect(await session.submit(fixture.request("p1", "a poem on cats", busy: busy)) == .started)
    let first = try await fixture.agent.next()
    first.say("Cats are")
    #expect(await session.submit(fixture.request("p2", "on dogs", busy: busy)) == .interrupting)
    await first.end()
    let second = try await fixture.agent.next()
    #expect(second.request.message == "on dogs")
    #expect(
      second.request.history == [
        HistoryEntry(speaker: "alice", message: "a poem on cats", answer: nil, agent: "scripted")
      ])
    second.finish("Dogs are")
    try await fixture.delivered.reaches(1)
    #expect(await fixture.delivered.texts == ["Dogs are"])
    try await session.idle()
    #expect(try await fixture.store.pending().isEmpty)
  }

  @Test func `of several interrupting messages the newest is answered, and messages under other rules go on waiting`()
    async throws
  {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    let busy = BusyPolicy(mode: .interrupt)
    let gate = Gate()
    // The first turn's delivery takes until the gate is open, so that the others wait.
    _ = await session.submit(fixture.request("p1", "one", deliveredWhen: gate))
    try await fixture.agent.next().finish("1")
    try await fixture.delivered.reaches(1)
    #expect(await session.submit(fixture.request("p2", "two", user: "u-bob")) == .queued(position: 1))
    #expect(await session.submit(fixture.request("p3", "three", busy: busy)) == .queued(position: 1))
    #expect(await session.submit(fixture.request("p4", "four", busy: busy)) == .queued(position: 1))
    gate.open()
    let newest = try await fixture.agent.next()
    #expect(newest.request.message == "four")
    #expect(newest.request.history.map(\.message) == ["one", "three"])
    newest.finish("4")
    let patient = try await fixture.agent.next()
    #expect(patient.request.message == "two")
    patient.finish("2")
    try await fixture.delivered.reaches(3)
    #expect(await fixture.delivered.texts == ["1", "4", "2"])
  }
}
