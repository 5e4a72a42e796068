import AgentSessions
import RuleEngine
import Testing

@Suite("A busy session", .timeLimit(.minutes(1)))
struct SessionBusyTests {
  @Test("lets at most max messages wait", arguments: [BusyMode.queue, .steer])
  func queueIsBounded(mode: BusyMode) async throws {
    let bench = try Bench()
    let session = await bench.registry.session(.channel("c"))
    let busy = BusyPolicy(mode: mode, max: 2)
    let submissions = [
      await session.submit(bench.request("p1", busy: busy)), await session.submit(bench.request("p2", busy: busy)),
      await session.submit(bench.request("p3", busy: busy)), await session.submit(bench.request("p4", busy: busy)),
    ]
    #expect(submissions == [.started, .queued(place: 1), .queued(place: 2), .rejected(.full(max: 2))])
    #expect(try await bench.store.pending().map(\.post) == ["p1", "p2", "p3"])
    _ = await session.stop()
  }

  @Test("turns a message away where the rule says reject")
  func reject() async throws {
    let bench = try Bench()
    let session = await bench.registry.session(.channel("c"))
    let busy = BusyPolicy(mode: .reject)
    #expect(await session.submit(bench.request("p1", busy: busy)) == .started)
    #expect(await session.submit(bench.request("p2", busy: busy)) == .rejected(.busy))
    #expect(try await bench.store.pending().map(\.post) == ["p1"])
    try await bench.agent.next().finish("1")
    try await bench.outbox.reaches(1)
    try await session.idle()
    #expect(await session.submit(bench.request("p3", busy: busy)) == .started)
    _ = await session.stop()
  }

  @Test("stops its turn for a newer message where the rule says interrupt, and shows the agent both")
  func interrupt() async throws {
    let bench = try Bench()
    let session = await bench.registry.session(.channel("c"))
    let busy = BusyPolicy(mode: .interrupt)
    #expect(await session.submit(bench.request("p1", "a poem on cats", busy: busy)) == .started)
    let first = try await bench.agent.next()
    first.say("Cats are")
    #expect(await session.submit(bench.request("p2", "on dogs", busy: busy)) == .interrupting)
    await first.end()
    let second = try await bench.agent.next()
    #expect(second.request.message == "on dogs")
    #expect(
      second.request.history == [
        HistoryEntry(speaker: "alice", message: "a poem on cats", answer: nil, agent: "scripted")
      ])
    second.finish("Dogs are")
    try await bench.outbox.reaches(1)
    #expect(await bench.outbox.texts == ["Dogs are"])
    try await session.idle()
    #expect(try await bench.store.pending().isEmpty)
  }

  @Test("goes on with the newest of several that interrupt, and lets what waits under another rule wait")
  func interruptTwice() async throws {
    let bench = try Bench()
    let session = await bench.registry.session(.channel("c"))
    let busy = BusyPolicy(mode: .interrupt)
    let gate = Gate()
    // The first turn's delivery holds the session, so that the others wait behind it.
    _ = await session.submit(bench.request("p1", "one", deliveredWhen: gate))
    try await bench.agent.next().finish("1")
    try await bench.outbox.reaches(1)
    #expect(await session.submit(bench.request("p2", "two", user: "u-bob")) == .queued(place: 1))
    #expect(await session.submit(bench.request("p3", "three", busy: busy)) == .queued(place: 1))
    #expect(await session.submit(bench.request("p4", "four", busy: busy)) == .queued(place: 1))
    gate.open()
    let newest = try await bench.agent.next()
    #expect(newest.request.message == "four")
    #expect(newest.request.history.map(\.message) == ["one", "three"])
    newest.finish("4")
    let patient = try await bench.agent.next()
    #expect(patient.request.message == "two")
    patient.finish("2")
    try await bench.outbox.reaches(3)
    #expect(await bench.outbox.texts == ["1", "4", "2"])
  }
}
