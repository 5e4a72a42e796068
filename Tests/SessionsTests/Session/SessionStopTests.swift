import Agents
import Core
import RuleEngine
import Testing

@testable import Sessions

@Suite(.everyStore, .timeLimit(.minutes(1)))
struct SessionStopTests {
  @Test func `stopping ends the agent's work, drops waiting messages, and delivers nothing afterwards`() async throws {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    _ = await session.submit(fixture.request("p1"))
    _ = await session.submit(fixture.request("p2"))
    _ = await session.submit(fixture.request("p3"))
    let ask = try await fixture.agent.next()
    ask.say("half an ans")
    let report = await session.stop()
    await ask.end()
    #expect(report.stopped?.claim == "p1")
    #expect(report.stopped?.agent == "scripted")
    #expect(report.dropped == ["p2", "p3"])
    #expect(report.isOver)
    ask.finish("wer")
    let status = try await session.status()
    #expect(status.running == nil)
    #expect(status.waiting == 0)
    #expect(try await fixture.store.pending().isEmpty)
    // The next message is answered, and by then anything left over would have been delivered.
    let next = try await fixture.exchange(session, "p4", "next", answer: "4")
    #expect(next.history.isEmpty)
    #expect(await fixture.delivered.texts == ["4"])
  }

  @Test func `stopping reports that nothing runs`() async throws {
    let fixture = try await Fixture()
    let report = await fixture.registry.session(.channel("c")).stop()
    #expect(report == StopReport(stopped: nil, dropped: [], isOver: true))
  }

  @Test func `stopping cancels a delivery and waits for it`() async throws {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    let delivered = fixture.delivered
    let began = Gate()
    _ = await session.submit(
      fixture.request("p1") { reply in
        began.open()
        await Gate().wait()
        if !Task.isCancelled { await delivered.append(reply) }
        return .postponed
      })
    try await fixture.agent.next().finish("an answer")
    await began.wait()
    let report = await session.stop()
    #expect(report.isOver)
    #expect(report.stopped?.claim == "p1")
    #expect(await fixture.delivered.replies.isEmpty)
    #expect(try await fixture.store.pending().isEmpty)
  }

  @Test func `an answer that was posted in the moment of stopping stays in the history`() async throws {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    let began = Gate()
    _ = await session.submit(
      fixture.request("p1", "question") { _ in
        began.open()
        await Gate().wait()
        return .posted(thread: nil)
      })
    try await fixture.agent.next().finish("an answer")
    await began.wait()
    _ = await session.stop()
    let next = try await fixture.exchange(session, "p2", "next", answer: "2")
    #expect(
      next.history == [HistoryEntry(speaker: "alice", message: "question", answer: "an answer", agent: "scripted")])
  }

  @Test func `stopping waits less than a second for a delivery that ignores it, and nothing starts before it is over`()
    async throws
  {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    let (began, end) = (Gate(), Gate())
    _ = await session.submit(
      fixture.request("p1") { _ in
        began.open()
        await Task { await end.wait() }.value
        return .postponed
      })
    try await fixture.agent.next().finish("an answer")
    await began.wait()
    let report = await session.stop()
    #expect(!report.isOver)
    #expect(await session.submit(fixture.request("p2", "two")) == .queued(position: 1))
    #expect(try await session.status().running?.claim == "p1")
    end.open()
    try await fixture.agent.next().finish("2")
    try await fixture.delivered.reaches(1)
    #expect(await fixture.delivered.texts == ["2"])
  }

  @Test func `every message submitted during a stop is answered, dropped or rejected`() async throws {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    var accepted: Set<Claim> = []
    var dropped: Set<Claim> = []
    for round in 0..<20 {
      async let stopping = session.stop()
      async let others = withTaskGroup(of: (Claim, SubmissionResult).self) { group in
        for number in 0..<5 {
          let post = "p\(round)x\(number)"
          group.addTask {
            (
              Claim(text: post),
              await session.submit(fixture.request(post, agent: "echo", busy: BusyPolicy(max: 1_000)))
            )
          }
        }
        return await group.reduce(into: [(Claim, SubmissionResult)]()) { $0.append($1) }
      }
      let report = await stopping
      dropped.formUnion(report.dropped)
      if let stopped = report.stopped { dropped.insert(stopped.claim) }
      for (post, submission) in await others {
        switch submission {
        case .started, .queued: accepted.insert(post)
        case .rejected(.stopped): dropped.insert(post)
        case let other: Issue.record("\(other)")
        }
      }
    }
    try await session.idle()
    let delivered = Set(await fixture.delivered.replies.compactMap(\.id.claim))
    #expect(accepted.subtracting(dropped).isSubset(of: delivered))
    #expect(delivered.union(dropped).count == 100)
    #expect(try await fixture.store.pending().isEmpty)
  }
}
