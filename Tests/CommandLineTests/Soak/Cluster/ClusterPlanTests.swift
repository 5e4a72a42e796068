import Testing

@Suite struct ClusterPlanTests {
  private static func plan(seed: UInt64) -> ClusterPlan {
    ClusterPlan(
      ClusterSoak(
        posts: 1_000, kills: 5, stops: 3, pauses: 5, pauseSeconds: 5...60, cuts: 6, cutSeconds: 3...20,
        databaseFaults: 5,
        serverFaults: 10, seed: seed))
  }

  @Test func `the same seed gives the same posts and faults, and another one gives others`() {
    #expect(Self.plan(seed: 1) == Self.plan(seed: 1))
    #expect(Self.plan(seed: 1) != Self.plan(seed: 2))
  }

  @Test func `all posts and faults are in it, with each scope of sessions and several people in one`() {
    let plan = Self.plan(seed: 3)
    #expect(plan.questions.map(\.number) == Array(0..<1_000))
    #expect(plan.thinking.count == 1_000)
    #expect(plan.steps.count == 1_034)
    let sessions = Dictionary(grouping: plan.questions, by: \.session).mapValues { Set($0.map(\.author)) }
    let scopes = Set(sessions.keys.map { $0.prefix { $0 != ":" } })
    #expect(scopes == ["channel", "member", "thread", "user"])
    #expect(sessions["channel:dev"] == ["alice", "bob", "carol.o-brien"])
    #expect(sessions.contains { $0.key.hasPrefix("thread:") && $0.value.count > 1 })
  }

  @Test func `faults meet every gateway, and each kind of the database's occurs`() {
    let faults = Self.plan(seed: 4).steps.compactMap { if case .fault(let fault) = $0 { fault } else { nil } }
    let gateways = faults.compactMap { fault -> Int? in
      switch fault {
      case .kill(let gateway, _), .stop(let gateway, _), .pause(let gateway, _), .cut(let gateway, _, _, _): gateway
      case .database, .server: nil
      }
    }
    #expect(Set(gateways) == [0, 1, 2])
    #expect(faults.count { if case .database = $0 { true } else { false } } == 5)
    let servers = faults.compactMap { if case .cut(_, let server, _, _) = $0 { server } else { nil } }
    #expect(Set(servers) == Set(ClusterServer.allCases))
  }
}
