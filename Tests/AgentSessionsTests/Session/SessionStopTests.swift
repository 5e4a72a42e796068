import RuleEngine
import Testing

@testable import AgentSessions

@Suite("Stopping", .timeLimit(.minutes(1)))
struct SessionStopTests {
  @Test("ends the agent's work, drops what waits, and delivers nothing afterwards")
  func stop() async throws {
    let bench = try Bench()
    let session = await bench.registry.session(.channel("c"))
    _ = await session.submit(bench.request("p1"))
    _ = await session.submit(bench.request("p2"))
    _ = await session.submit(bench.request("p3"))
    let ask = try await bench.agent.next()
    ask.say("half an ans")
    let report = await session.stop()
    await ask.end()
    #expect(report.stopped?.post == "p1")
    #expect(report.stopped?.agent == "scripted")
    #expect(report.dropped == ["p2", "p3"])
    #expect(report.isOver)
    ask.finish("wer")
    let status = try await session.status()
    #expect(status.running == nil)
    #expect(status.waiting == 0)
    #expect(try await bench.store.pending().isEmpty)
    // What comes next is answered, and by then anything left over would have been delivered.
    let next = try await bench.exchange(session, "p4", "next", answer: "4")
    #expect(next.history.isEmpty)
    #expect(await bench.outbox.texts == ["4"])
  }

  @Test("does nothing, and says so, where nothing runs")
  func stopNothing() async throws {
    let bench = try Bench()
    let report = await bench.registry.session(.channel("c")).stop()
    #expect(report == StopReport(stopped: nil, dropped: [], isOver: true))
  }

  @Test("cancels a delivery and waits for it")
  func stopDelivery() async throws {
    let bench = try Bench()
    let session = await bench.registry.session(.channel("c"))
    let outbox = bench.outbox
    let began = Gate()
    _ = await session.submit(
      bench.request("p1") { reply in
        began.open()
        await Gate().wait()
        if !Task.isCancelled { await outbox.add(reply) }
        return .later
      })
    try await bench.agent.next().finish("an answer")
    await began.wait()
    let report = await session.stop()
    #expect(report.isOver)
    #expect(report.stopped?.post == "p1")
    #expect(await bench.outbox.replies.isEmpty)
    #expect(try await bench.store.pending().isEmpty)
  }

  @Test("keeps an answer that was posted in the very moment of stopping")
  func stopTooLate() async throws {
    let bench = try Bench()
    let session = await bench.registry.session(.channel("c"))
    let began = Gate()
    _ = await session.submit(
      bench.request("p1", "question") { _ in
        began.open()
        await Gate().wait()
        return .posted
      })
    try await bench.agent.next().finish("an answer")
    await began.wait()
    _ = await session.stop()
    let next = try await bench.exchange(session, "p2", "next", answer: "2")
    #expect(
      next.history == [HistoryEntry(speaker: "alice", message: "question", answer: "an answer", agent: "scripted")])
  }

  @Test("gives up waiting within a second for a delivery that does not heed it, and starts nothing before it is over")
  func stubbornDelivery() async throws {
    let bench = try Bench()
    let session = await bench.registry.session(.channel("c"))
    let (began, end) = (Gate(), Gate())
    _ = await session.submit(
      bench.request("p1") { _ in
        began.open()
        await Task { await end.wait() }.value
        return .later
      })
    try await bench.agent.next().finish("an answer")
    await began.wait()
    let report = await session.stop()
    #expect(!report.isOver)
    #expect(await session.submit(bench.request("p2", "two")) == .queued(place: 1))
    #expect(try await session.status().running?.post == "p1")
    end.open()
    try await bench.agent.next().finish("2")
    try await bench.outbox.reaches(1)
    #expect(await bench.outbox.texts == ["2"])
  }

  @Test("answers, drops or reports every message that is submitted at the same time")
  func submitDuringStop() async throws {
    let bench = try Bench()
    let session = await bench.registry.session(.channel("c"))
    var accepted: Set<String> = []
    var dropped: Set<String> = []
    for round in 0..<20 {
      async let stopping = session.stop()
      async let others = withTaskGroup(of: (String, SubmissionResult).self) { group in
        for number in 0..<5 {
          let post = "p\(round)-\(number)"
          group.addTask {
            (post, await session.submit(bench.request(post, agent: "echo", busy: BusyPolicy(max: 1_000))))
          }
        }
        return await group.reduce(into: [(String, SubmissionResult)]()) { $0.append($1) }
      }
      let report = await stopping
      dropped.formUnion(report.dropped)
      if let stopped = report.stopped { dropped.insert(stopped.post) }
      for (post, submission) in await others {
        switch submission {
        case .started, .queued: accepted.insert(post)
        case .rejected(.stopped): dropped.insert(post)
        case let other: Issue.record("\(other)")
        }
      }
    }
    try await session.idle()
    let delivered = Set(await bench.outbox.replies.map(\.id))
    #expect(accepted.subtracting(dropped).isSubset(of: delivered))
    #expect(delivered.union(dropped).count == 100)
    #expect(try await bench.store.pending().isEmpty)
  }
}
