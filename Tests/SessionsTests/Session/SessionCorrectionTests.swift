import Agents
import Core
import RuleEngine
import Sessions
import Synchronization
import TestSupport
import Testing

/// what becomes of a message that its author corrects.
@Suite(.everyStore, .timeLimit(.minutes(1)))
struct SessionCorrectionTests {
  private let fixture: Fixture
  private let session: Session

  init() async throws {
    fixture = try await Fixture()
    session = fixture.registry.session(.channel("c"))
  }

  @Test func `a correction replaces a waiting message, in the store too`() async throws {
    for (post, word) in [("p1", "one"), ("p2", "two"), ("p3", "three")] {
      _ = await session.submit(fixture.request(post, word))
    }
    var corrected = fixture.request("p2", "two, corrected")
    corrected.payload = "corrected"
    #expect(await session.correct("p2", to: corrected) == .corrected)
    #expect(try await fixture.store.pending().map(\.payload) == ["payload of p1", "corrected", "payload of p3"])
    for word in ["one", "two, corrected", "three"] {
      let ask = try await fixture.agent.next()
      #expect(ask.request.message == word)
      ask.finish(word)
    }
    try await session.idle()
  }

  @Test func `a correction of a message that is being answered, or was, is too late`() async throws {
    _ = await session.submit(fixture.request("p1", "one"))
    let ask = try await fixture.agent.next()
    #expect(await session.correct("p1", to: fixture.request("p1", "corrected")) == .tooLate)
    ask.finish("1")
    try await session.idle()
    #expect(await session.correct("p1", to: nil) == .tooLate)
    #expect(await fixture.delivered.texts == ["1"])
  }

  @Test func `a message corrected to be for another agent or session is dropped; it stays claimed and unfinished`()
    async throws
  {
    for post in ["p1", "p2", "p3"] {
      _ = try await fixture.store.claim(Claim(text: post))
      _ = await session.submit(fixture.request(post))
    }
    #expect(await session.correct("p2", to: fixture.request("p2", agent: "echo")) == .dropped)
    #expect(await session.correct("p3", to: nil) == .dropped)
    #expect(try await fixture.store.unfinished().suffix(2) == [.claimed("p2"), .claimed("p3")])
    try await fixture.store.release("p3")
    #expect(try await fixture.store.claim("p3"))
    try await fixture.agent.next().finish("1")
    try await session.idle()
    #expect(await fixture.delivered.replies.map(\.id) == ["p1"])
  }

  @Test func `a hook is asked about the corrected message, also if it is thinking about the first version`()
    async throws
  {
    fixture.agent.hears.withLock { $0 = true }
    let steer = BusyPolicy(mode: .steer, max: 2)
    _ = await session.submit(fixture.request("p1", "one", busy: steer))
    let ask = try await fixture.agent.next()
    let (gate, heard) = (Gate(), AsyncQueue<String>())
    var request = fixture.request("p2", "harmless", busy: steer).with {
      $0.refusal = { message in
        heard(message)
        if message == "harmless" { await gate.wait() }
        return message == "harmless" ? nil : "not that"
      }
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
    #expect(await fixture.delivered.texts == ["1", "not that"])
  }
}
