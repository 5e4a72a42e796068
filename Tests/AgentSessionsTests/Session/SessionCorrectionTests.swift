import AgentSessions
import RuleEngine
import Synchronization
import TestSupport
import Testing

/// Issue 11, no. 21: what becomes of a message that its author corrects.
@Suite("A correction", .timeLimit(.minutes(1)))
struct SessionCorrectionTests {
  private let bench: Bench
  private let session: Session

  init() async throws {
    bench = try Bench()
    session = await bench.registry.session(.channel("c"))
  }

  @Test("takes the place of a message that waits, in the store too")
  func inPlace() async throws {
    for (post, word) in [("p1", "one"), ("p2", "two"), ("p3", "three")] {
      _ = await session.submit(bench.request(post, word))
    }
    var corrected = bench.request("p2", "two, corrected")
    corrected.payload = "corrected"
    #expect(await session.correct("p2", to: corrected) == .corrected)
    #expect(try await bench.store.pending().map(\.payload) == ["payload of p1", "corrected", "payload of p3"])
    for word in ["one", "two, corrected", "three"] {
      let ask = try await bench.agent.next()
      #expect(ask.request.message == word)
      ask.finish(word)
    }
    try await session.idle()
  }

  @Test("comes too late for a message that is being answered, or was")
  func tooLate() async throws {
    _ = await session.submit(bench.request("p1", "one"))
    let ask = try await bench.agent.next()
    #expect(await session.correct("p1", to: bench.request("p1", "corrected")) == .tooLate)
    ask.finish("1")
    try await session.idle()
    #expect(await session.correct("p1", to: nil) == .tooLate)
    #expect(await bench.outbox.texts == ["1"])
  }

  @Test("takes a message out that is not for the same agent here any more; it is claimed still, and unfinished")
  func dropped() async throws {
    for post in ["p1", "p2", "p3"] {
      _ = try await bench.store.claim(post)
      _ = await session.submit(bench.request(post))
    }
    #expect(await session.correct("p2", to: bench.request("p2", agent: "echo")) == .dropped)
    #expect(await session.correct("p3", to: nil) == .dropped)
    #expect(try await bench.store.unfinished().suffix(2) == [.claimed("p2"), .claimed("p3")])
    try await bench.store.release("p3")
    #expect(try await bench.store.claim("p3"))
    try await bench.agent.next().finish("1")
    try await session.idle()
    #expect(await bench.outbox.replies.map(\.id) == ["p1"])
  }

  @Test("is what a hook is asked about, also where it just thinks about what was first written")
  func hook() async throws {
    bench.agent.hears.withLock { $0 = true }
    let steer = BusyPolicy(mode: .steer, max: 2)
    _ = await session.submit(bench.request("p1", "one", busy: steer))
    let ask = try await bench.agent.next()
    let (gate, heard) = (Gate(), AsyncQueue<String>())
    var request = bench.request("p2", "harmless", busy: steer)
    request.mayBegin = { message, _ in
      heard(message)
      if message == "harmless" { await gate.wait() }
      return message == "harmless" ? nil : "not that"
    }
    _ = await session.submit(request)
    #expect(try await heard.next("the hook to be asked") == "harmless")
    request.message = "harmful"
    request.payload = "corrected"
    #expect(await session.correct("p2", to: request) == .corrected)
    gate.open()
    ask.finish("1")
    #expect(try await heard.next("the hook to be asked") == "harmful")
    try await session.idle()
    #expect(await bench.outbox.texts == ["1", "not that"])
  }
}
