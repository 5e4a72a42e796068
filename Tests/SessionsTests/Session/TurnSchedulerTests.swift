import Agents
import Core
import RuleEngine
import Synchronization
import TestSupport
import Testing

@testable import Sessions

@Suite(.everyStore, .timeLimit(.minutes(1)))
struct TurnSchedulerTests {
  /// Begins the turns that a scheduler admits, and records which.
  private final class Admissions: Sendable {
    let scheduler: TurnScheduler
    private let state = Mutex<(began: [String], slots: [String: TurnScheduler.Slot])>(([], [:]))

    init(max: Int, perUser: Int, agents: [String: any Agent] = [:]) {
      scheduler = TurnScheduler(TurnLimits(max: max, perUser: perUser), agents: agents)
    }

    /// Offers turns named `user number`, each of its own session unless they are given together.
    func offer(_ names: String..., agent: String = "a", in session: String? = nil) {
      let candidates = names.enumerated().map { index, name in
        TurnScheduler.Candidate(
          turn: index, user: UserID(String(name.prefix { $0 != " " })), agent: agent, order: scheduler.nextOrder())
      }
      let slot = scheduler.slot(for: candidates, of: .channel(ChannelID(session ?? names[0]))) { [self] in
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
      (try #require(slot)).release()
    }

    /// The turns that have begun since this was last read.
    var began: [String] {
      state.withLock { state in
        defer { state.began = [] }
        return state.began
      }
    }
  }

  @Test func `one user gets a share of the slots, and the others get the rest`() throws {
    let admissions = Admissions(max: 4, perUser: 2)
    for number in 1...300 { admissions.offer("ann \(number)") }
    #expect(admissions.began == ["ann 1", "ann 2"])
    admissions.offer("bob 1")
    admissions.offer("cid 1")
    admissions.offer("dan 1")
    #expect(admissions.began == ["bob 1", "cid 1"])
    try admissions.end("ann 1")
    // Dan has no running turn, Ann has one.
    #expect(admissions.began == ["dan 1"])
    try admissions.end("bob 1")
    #expect(admissions.began == ["ann 3"])
    #expect(admissions.scheduler.running == 4)
  }

  @Test func `users take turns however much one of them asks, and the messages of each stay in order`() throws {
    let admissions = Admissions(max: 1, perUser: 1)
    for number in 1...100 { admissions.offer("ann \(number)") }
    for number in 1...2 { admissions.offer("bob \(number)") }
    admissions.offer("cid 1")
    var order: [String] = []
    for _ in 1...6 {
      let next = try #require(admissions.began.first)
      order.append(next)
      try admissions.end(next)
    }
    #expect(order == ["ann 1", "bob 1", "cid 1", "ann 2", "bob 2", "ann 3"])
  }

  @Test func `a user without a free slot is passed over within a conversation`() throws {
    let admissions = Admissions(max: 4, perUser: 1)
    admissions.offer("ann 1")
    admissions.offer("ann 2", "bob 1", in: "shared")
    #expect(admissions.began == ["ann 1", "bob 1"])
    admissions.offer("ann 2", in: "shared")
    try admissions.end("ann 1")
    #expect(admissions.began == ["ann 2"])
  }

  @Test func `no slot goes to a turn that would only wait for its agent`() throws {
    let one = ScriptedAgent(concurrency: 1)
    let admissions = Admissions(max: 2, perUser: 2, agents: ["one": one])
    admissions.offer("ann 1", agent: "one")
    admissions.offer("bob 1", agent: "one")
    admissions.offer("cid 1", agent: "other")
    #expect(admissions.began == ["ann 1", "cid 1"])
    try admissions.end("cid 1")
    #expect(admissions.began == [])
    try admissions.end("ann 1")
    #expect(admissions.began == ["bob 1"])
  }

  @Test func `the scheduler follows newer rules, and what was withdrawn does not begin`() throws {
    let admissions = Admissions(max: 1, perUser: 1)
    for name in ["ann 1", "bob 1", "cid 1", "dan 1"] { admissions.offer(name) }
    #expect(admissions.began == ["ann 1"])
    admissions.scheduler.withdraw(.channel("bob 1"))
    admissions.scheduler.use(TurnLimits(max: 3, perUser: 1), agents: [:])
    #expect(admissions.began == ["cid 1", "dan 1"])
    admissions.scheduler.use(TurnLimits(max: 1, perUser: 1), agents: [:])
    admissions.offer("eve 1")
    try admissions.end("ann 1")
    try admissions.end("cid 1")
    #expect(admissions.began == [])
    try admissions.end("dan 1")
    #expect(admissions.began == ["eve 1"])
  }

  @Test func `the backlog is bounded, of one user and of all, and stopped messages do not count any more`() async throws
  {
    let fixture = try await Fixture()
    fixture.registry.use(agents: ["scripted": fixture.agent], turns: TurnLimits(max: 1))
    for number in 1...Limits.backlogOfUserMax {
      let session = fixture.registry.session(.thread(PostID("t\(number / 2)")))
      guard case .rejected(let rejection) = await session.submit(fixture.request("p\(number)")) else { continue }
      Issue.record("\(number): \(rejection)")
    }
    let elsewhere = fixture.registry.session(.channel("d"))
    #expect(
      await elsewhere.submit(fixture.request("one more"))
        == .rejected(.tooMany(ofUser: true, max: Limits.backlogOfUserMax)))
    #expect(await elsewhere.submit(fixture.request("q1", user: "u-bob")) == .queued(position: 1))
    #expect(await fixture.registry.session(.thread("t7")).stop().dropped == ["p14", "p15"])
    try await wait(for: "what was stopped to count no longer") {
      if case .queued = await elsewhere.submit(fixture.request("again")) { true } else { false }
    }
    await fixture.registry.shutDown()
  }
}
