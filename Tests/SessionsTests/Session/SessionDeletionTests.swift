import Agents
import Core
import Foundation
import RuleEngine
import Sessions
import Synchronization
import TestSupport
import Testing

/// what a deletion ends, and what the history then has.
@Suite(.everyStore, .timeLimit(.minutes(1)))
struct SessionDeletionTests {
  private let fixture: Fixture
  private let session: Session

  init() async throws {
    fixture = try await Fixture()
    session = fixture.registry.session(.channel("c"))
  }

  /// Submits a message, claimed as the gateway does.
  private func submit(_ post: String, _ message: String, in thread: PostID? = nil, busy: BusyPolicy = BusyPolicy())
    async throws
  {
    _ = try await fixture.store.claim(Claim(text: post))
    var request = fixture.request(post, message, busy: busy)
    request.origin = MessageOrigin(post: Claim(text: post).post, thread: thread)
    _ = await session.submit(request)
  }

  private func exchange(_ post: String, _ message: String, in thread: PostID? = nil) async throws -> AgentRequest {
    let count = await fixture.delivered.replies.count
    try await submit(post, message, in: thread)
    let ask = try await fixture.agent.next()
    ask.finish("answer to \(message)")
    try await fixture.delivered.reaches(count + 1)
    try await session.idle()
    return ask.request
  }

  @Test func `deleting a waiting message drops it alone, and no restart brings it back`() async throws {
    for (post, word) in [("p1", "one"), ("p2", "two"), ("p3@17", "three"), ("p4", "four")] {
      try await submit(post, word)
    }
    #expect(await session.withdraw(.message("p2")) == ["p2"])
    #expect(await session.withdraw(.message("p3")) == ["p3@17"])
    #expect(await session.withdraw(.message("p9")) == [])
    #expect(try await fixture.store.pending().map(\.claim) == ["p1", "p4"])
    for word in ["one", "four"] {
      let ask = try await fixture.agent.next()
      #expect(ask.request.message == word)
      ask.finish(word)
    }
    try await fixture.delivered.reaches(2)
    #expect(try await !fixture.store.claim("p2"))
  }

  @Test
  func
    `deleting the message that is being answered ends the agent's work and posts nothing; the next message is answered`()
    async throws
  {
    try await submit("p1", "one")
    try await submit("p2", "two")
    let ask = try await fixture.agent.next()
    ask.say("half an ans")
    #expect(await session.withdraw(.message("p1")) == ["p1"])
    await ask.end()
    let next = try await fixture.agent.next()
    #expect(next.request.message == "two" && next.request.history.isEmpty)
    next.finish("2")
    try await fixture.delivered.reaches(1)
    try await session.idle()
    #expect(await fixture.delivered.texts == ["2"])
    #expect(try await session.retry(fixture.request("p3")) != .nothingToRetry)
    let again = try await fixture.agent.next()
    #expect(again.request.message == "two")
    // Nothing is left but that.
    #expect(try await fixture.store.unfinished() == [.waiting(try await fixture.store.pending()[0])])
    again.finish("2 again")
  }

  @Test func `deleting an answer stops it, and its question can be retried`() async throws {
    try await submit("p1", "one")
    _ = try await fixture.agent.next()
    #expect(await session.withdraw(.answer(to: "p1")) == ["p1"])
    #expect(try await fixture.store.unfinished().isEmpty)
    let next = try await exchange("p2", "two")
    #expect(next.history.isEmpty)
    // An answer that is out is forgotten as well.
    #expect(await session.withdraw(.answer(to: "p2")) == [])
    #expect(try await exchange("p3", "three").history.isEmpty)
  }

  @Test func `deleting the root of a thread ends and forgets the messages in it`() async throws {
    _ = try await exchange("p1", "one", in: "r")
    _ = try await exchange("p2", "two")
    _ = try await exchange("r", "the root")
    try await submit("p3", "three", in: "r")
    try await submit("p4", "four", in: "r")
    try await submit("p5", "five")
    let ask = try await fixture.agent.next()
    #expect(try await fixture.store.sessions(of: .message("r")) == [.channel("c")])
    #expect(Set(await session.withdraw(.message("r"))) == ["p3", "p4"])
    await ask.end()
    let next = try await fixture.agent.next()
    #expect(next.request.message == "five")
    #expect(next.request.history.map(\.message) == ["two"])
    next.finish("5")
    try await session.idle()
    #expect(try await fixture.store.sessions(of: .message("r")).isEmpty)
  }

  @Test func `after a deletion, agents that keep a conversation of their own start it over`() async throws {
    let first = try await exchange("p1", "one")
    await first.services.saveState("my own session")
    let second = try await exchange("p2", "two")
    #expect(second.sessionID == first.sessionID)
    #expect(await second.services.savedState() == "my own session")
    _ = await session.withdraw(.message("p1"))
    let third = try await exchange("p3", "three")
    #expect(third.sessionID != first.sessionID)
    #expect(await third.services.savedState() == nil)
    #expect(third.history.map(\.message) == ["two"])
    // One that was asked before may not lead back to what was removed.
    await second.services.saveState("my own session")
    #expect(await third.services.savedState() == nil)
  }

  @Test func `deleting a message removes its files from the conversation's folder, and no others`() async throws {
    let files = ["f1", "f2"].map { AttachedFile(id: $0, name: "a.txt", mediaType: "text/plain", size: 1) }
    var folder = SessionFolder(path: "")
    for (post, file) in zip(["p1", "p2"], files) {
      _ = try await fixture.store.claim(Claim(text: post))
      var request = fixture.request(post)
      request.files = [file]
      _ = await session.submit(request)
      let ask = try await fixture.agent.next()
      folder = ask.request.services.folder
      try folder.create()
      close(try folder.open(file.pathInFolder, forWriting: true))
      ask.finish("seen")
      try await session.idle()
    }
    _ = await session.withdraw(.message("p1"))
    #expect(try folder.size(of: files[0].pathInFolder) == nil)
    #expect(try folder.size(of: files[1].pathInFolder) == 0)
  }

  @Test func `deleting a message that joined a turn ends the turn; its other messages are asked again`() async throws {
    fixture.agent.hears.withLock { $0 = true }
    let steer = BusyPolicy(mode: .steer, max: 2)
    try await submit("p1", "one", busy: steer)
    let ask = try await fixture.agent.next()
    for (post, word) in [("p2", "two"), ("p3", "three")] {
      try await submit(post, word, busy: steer)
      _ = try await fixture.agent.nextTold()
      try await wait(for: "\(post) to wait no more") { await session.position(of: Claim(text: post)) == nil }
    }
    fixture.agent.hears.withLock { $0 = false }
    #expect(await session.withdraw(.message("p2")) == ["p2"])
    await ask.end()
    for word in ["one", "three"] {
      let next = try await fixture.agent.next()
      #expect(next.request.message == word)
      next.finish("to \(word)")
    }
    try await session.idle()
    #expect(await fixture.delivered.texts == ["to one", "to three"])
    #expect(try await fixture.store.unfinished().isEmpty)
  }

  @Test func `deleting a message that joined an earlier turn removes both from the history`() async throws {
    fixture.agent.hears.withLock { $0 = true }
    let steer = BusyPolicy(mode: .steer, max: 2)
    try await submit("p1", "one", busy: steer)
    let ask = try await fixture.agent.next()
    try await submit("p2", "two", busy: steer)
    _ = try await fixture.agent.nextTold()
    try await wait(for: "p2 to wait no more") { await session.position(of: "p2") == nil }
    fixture.agent.hears.withLock { $0 = false }
    ask.finish("to both")
    try await session.idle()
    _ = await session.withdraw(.message("p2"))
    #expect(try await exchange("p3", "three").history.isEmpty)
  }

  @Test func `deleting a message ends a turn that repeats it, and leaves nothing of it`() async throws {
    _ = try await exchange("p1", "one")
    _ = try await session.retry(fixture.request("p2"))
    let ask = try await fixture.agent.next()
    #expect(await session.withdraw(.message("p1")) == ["p2"])
    await ask.end()
    #expect(try await session.retry(fixture.request("p3")) == .nothingToRetry)
    #expect(await fixture.delivered.texts == ["answer to one"])
  }

  @Test func `a deletion that is found when the answer is posted leaves nothing in the history`() async throws {
    _ = try await fixture.store.claim("p1")
    _ = await session.submit(fixture.request("p1", "one") { _ in .deleted(.message("p1")) })
    try await fixture.agent.next().finish("1")
    try await session.idle()
    #expect(try await fixture.store.unfinished().isEmpty)
    #expect(try await exchange("p2", "two").history.isEmpty)
  }

  @Test func `a deletion cuts a delivery short, after which the history has nothing of the exchange`() async throws {
    let began = Gate()
    _ = await session.submit(
      fixture.request("p1", "one") { _ in
        began.open()
        await Gate().wait()
        return .posted(thread: nil)
      })
    try await fixture.agent.next().finish("1")
    await began.wait()
    #expect(await session.withdraw(.message("p1")) == ["p1"])
    #expect(try await exchange("p2", "two").history.isEmpty)
  }
}
