import RuleEngine
import Synchronization
import TestSupport
import Testing

@testable import AgentSessions

/// Issue 11, no. 1.
@Suite("The bound on running turns", .timeLimit(.minutes(1)))
struct TurnSchedulerTests {
  /// Runs what it lets run, and says who began.
  private final class Desk: Sendable {
    let scheduler: TurnScheduler
    private let state = Mutex<(began: [String], slots: [String: TurnScheduler.Slot])>(([], [:]))

    init(max: Int, perUser: Int, agents: [String: any Agent] = [:]) {
      scheduler = TurnScheduler(TurnLimits(max: max, perUser: perUser), agents: agents)
    }

    /// Offers turns as `user name`, each of its own session unless they are given together.
    func offer(_ names: String..., agent: String = "a", in session: String? = nil) {
      let candidates = names.enumerated().map { index, name in
        TurnScheduler.Candidate(
          turn: index, user: String(name.prefix { $0 != " " }), agent: agent, order: scheduler.nextOrder())
      }
      let slot = scheduler.slot(for: candidates, of: .channel(session ?? names[0])) { [self] in
        begin(names[$0.turn], $0)
      }
      if let slot { begin(names[slot.turn], slot) }
    }

    private func begin(_ name: String, _ slot: TurnScheduler.Slot) {
      state.withLock {
        $0.began.append(name)
        $0.slots[name] = slot
      }
    }

    func end(_ name: String) throws {
      let slot = state.withLock { $0.slots.removeValue(forKey: name) }
      scheduler.release(try #require(slot))
    }

    /// Who has begun since this was last asked.
    var began: [String] {
      state.withLock { state in
        defer { state.began = [] }
        return state.began
      }
    }
  }

  @Test("lets one person have a share, and the others what is left")
  func share() throws {
    let desk = Desk(max: 4, perUser: 2)
    for number in 1...300 { desk.offer("ann \(number)") }
    #expect(desk.began == ["ann 1", "ann 2"])
    desk.offer("bob 1")
    desk.offer("cid 1")
    desk.offer("dan 1")
    #expect(desk.began == ["bob 1", "cid 1"])
    try desk.end("ann 1")
    // Dan has none running, ann has one.
    #expect(desk.began == ["dan 1"])
    try desk.end("bob 1")
    #expect(desk.began == ["ann 3"])
    #expect(desk.scheduler.running == 4)
  }

  @Test("has people take turns, whatever one of them asks, and the messages of each in their order")
  func turns() throws {
    let desk = Desk(max: 1, perUser: 1)
    for number in 1...100 { desk.offer("ann \(number)") }
    for number in 1...2 { desk.offer("bob \(number)") }
    desk.offer("cid 1")
    var order: [String] = []
    for _ in 1...6 {
      let next = try #require(desk.began.first)
      order.append(next)
      try desk.end(next)
    }
    #expect(order == ["ann 1", "bob 1", "cid 1", "ann 2", "bob 2", "ann 3"])
  }

  @Test("passes over a person without room within a conversation")
  func conversation() throws {
    let desk = Desk(max: 4, perUser: 1)
    desk.offer("ann 1")
    desk.offer("ann 2", "bob 1", in: "shared")
    #expect(desk.began == ["ann 1", "bob 1"])
    desk.offer("ann 2", in: "shared")
    try desk.end("ann 1")
    #expect(desk.began == ["ann 2"])
  }

  @Test("gives no room to what would only wait for its agent")
  func agents() throws {
    let one = BoundedAgent(
      name: "one", agent: EchoAgent(), limits: AgentLimits(concurrency: 1), gate: AgentGates()["one"])
    let desk = Desk(max: 2, perUser: 2, agents: ["one": one])
    desk.offer("ann 1", agent: "one")
    desk.offer("bob 1", agent: "one")
    desk.offer("cid 1", agent: "other")
    #expect(desk.began == ["ann 1", "cid 1"])
    try desk.end("cid 1")
    #expect(desk.began == [])
    try desk.end("ann 1")
    #expect(desk.began == ["bob 1"])
  }

  @Test("follows newer rules, and what was taken back does not begin")
  func changes() throws {
    let desk = Desk(max: 1, perUser: 1)
    for name in ["ann 1", "bob 1", "cid 1", "dan 1"] { desk.offer(name) }
    #expect(desk.began == ["ann 1"])
    desk.scheduler.withdraw(.channel("bob 1"))
    desk.scheduler.use(TurnLimits(max: 3, perUser: 1), agents: [:])
    #expect(desk.began == ["cid 1", "dan 1"])
    desk.scheduler.use(TurnLimits(max: 1, perUser: 1), agents: [:])
    desk.offer("eve 1")
    try desk.end("ann 1")
    try desk.end("cid 1")
    #expect(desk.began == [])
    try desk.end("dan 1")
    #expect(desk.began == ["eve 1"])
  }

  @Test("keeps no more messages than there may be, of one person or of all, and counts what was stopped no longer")
  func backlog() async throws {
    let bench = try Bench()
    await bench.registry.use(agents: ["scripted": bench.agent], turns: TurnLimits(max: 1))
    for number in 1...Limits.backlogOfUserMax {
      let session = await bench.registry.session(.thread("t\(number / 2)"))
      guard case .rejected(let rejection) = await session.submit(bench.request("p\(number)")) else { continue }
      Issue.record("\(number): \(rejection)")
    }
    let elsewhere = await bench.registry.session(.channel("d"))
    #expect(
      await elsewhere.submit(bench.request("one more"))
        == .rejected(.tooMany(ofUser: true, max: Limits.backlogOfUserMax)))
    #expect(await elsewhere.submit(bench.request("q1", user: "u-bob")) == .queued(place: 1))
    #expect(await bench.registry.session(.thread("t7")).stop().dropped == ["p14", "p15"])
    try await wait(for: "what was stopped to count no longer") {
      if case .queued = await elsewhere.submit(bench.request("again")) { true } else { false }
    }
    await bench.registry.shutDown()
  }
}
