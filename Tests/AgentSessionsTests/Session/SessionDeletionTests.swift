import AgentSessions
import Core
import Foundation
import RuleEngine
import Synchronization
import TestSupport
import Testing

/// Issue 11, no. 7: what a deletion ends, and what the history then has.
@Suite("A deletion", .timeLimit(.minutes(1)))
struct SessionDeletionTests {
  private let bench: Bench
  private let session: Session

  init() async throws {
    bench = try Bench()
    session = await bench.registry.session(.channel("c"))
  }

  /// Submits a message, claimed as the gateway does.
  private func submit(_ post: String, _ message: String, in thread: String = "", busy: BusyPolicy = BusyPolicy())
    async throws
  {
    _ = try await bench.store.claim(post)
    var request = bench.request(post, message, busy: busy)
    request.origin = MessageOrigin(post: String(post.prefix { $0 != "@" }), thread: thread)
    _ = await session.submit(request)
  }

  private func exchange(_ post: String, _ message: String, in thread: String = "") async throws -> AgentRequest {
    let count = await bench.outbox.replies.count
    try await submit(post, message, in: thread)
    let ask = try await bench.agent.next()
    ask.finish("answer to \(message)")
    try await bench.outbox.reaches(count + 1)
    try await session.idle()
    return ask.request
  }

  @Test("of a message that waits drops it alone, and no restart brings it back")
  func waiting() async throws {
    for (post, word) in [("p1", "one"), ("p2", "two"), ("p3@17", "three"), ("p4", "four")] {
      try await submit(post, word)
    }
    #expect(await session.withdraw(.message("p2")) == ["p2"])
    #expect(await session.withdraw(.message("p3")) == ["p3@17"])
    #expect(await session.withdraw(.message("p9")) == [])
    #expect(try await bench.store.pending().map(\.post) == ["p1", "p4"])
    for word in ["one", "four"] {
      let ask = try await bench.agent.next()
      #expect(ask.request.message == word)
      ask.finish(word)
    }
    try await bench.outbox.reaches(2)
    #expect(try await !bench.store.claim("p2"))
  }

  @Test("of the message that is being answered ends the agent's work and posts nothing; the next one is answered")
  func running() async throws {
    try await submit("p1", "one")
    try await submit("p2", "two")
    let ask = try await bench.agent.next()
    ask.say("half an ans")
    #expect(await session.withdraw(.message("p1")) == ["p1"])
    await ask.end()
    let next = try await bench.agent.next()
    #expect(next.request.message == "two" && next.request.history.isEmpty)
    next.finish("2")
    try await bench.outbox.reaches(1)
    try await session.idle()
    #expect(await bench.outbox.texts == ["2"])
    #expect(try await session.retry(bench.request("p3")) != .nothingToRetry)
    let again = try await bench.agent.next()
    #expect(again.request.message == "two")
    // Nothing is left but that.
    #expect(try await bench.store.unfinished() == [.waiting(try await bench.store.pending()[0])])
    again.finish("2 again")
  }

  @Test("of an answer stops it, and its question can be asked again by hand")
  func answer() async throws {
    try await submit("p1", "one")
    _ = try await bench.agent.next()
    #expect(await session.withdraw(.answer(to: "p1")) == ["p1"])
    #expect(try await bench.store.unfinished().isEmpty)
    let next = try await exchange("p2", "two")
    #expect(next.history.isEmpty)
    // An answer that is out is forgotten as well.
    #expect(await session.withdraw(.answer(to: "p2")) == [])
    #expect(try await exchange("p3", "three").history.isEmpty)
  }

  @Test("of the root of a thread ends and forgets what was written in it")
  func root() async throws {
    _ = try await exchange("p1", "one", in: "r")
    _ = try await exchange("p2", "two")
    _ = try await exchange("r", "the root")
    try await submit("p3", "three", in: "r")
    try await submit("p4", "four", in: "r")
    try await submit("p5", "five")
    let ask = try await bench.agent.next()
    #expect(try await bench.store.sessions(of: .message("r")) == ["channel:c"])
    #expect(Set(await session.withdraw(.message("r"))) == ["p3", "p4"])
    await ask.end()
    let next = try await bench.agent.next()
    #expect(next.request.message == "five")
    #expect(next.request.history.map(\.message) == ["two"])
    next.finish("5")
    try await session.idle()
    #expect(try await bench.store.sessions(of: .message("r")).isEmpty)
  }

  @Test("has agents that keep a conversation of their own begin it anew")
  func agentsMemory() async throws {
    let first = try await exchange("p1", "one")
    await first.host.note("my own session")
    let second = try await exchange("p2", "two")
    #expect(second.sessionID == first.sessionID)
    #expect(await second.host.recall() == "my own session")
    _ = await session.withdraw(.message("p1"))
    let third = try await exchange("p3", "three")
    #expect(third.sessionID != first.sessionID)
    #expect(await third.host.recall() == nil)
    #expect(third.history.map(\.message) == ["two"])
    // One that was asked before may not lead back to what was removed.
    await second.host.note("my own session")
    #expect(await third.host.recall() == nil)
  }

  @Test("removes the files of a message from the conversation's folder, and no others")
  func files() async throws {
    let files = ["f1", "f2"].map { AttachedFile(id: $0, name: "a.txt", mediaType: "text/plain", size: 1) }
    var folder = SessionFolder(path: "")
    for (post, file) in zip(["p1", "p2"], files) {
      _ = try await bench.store.claim(post)
      var request = bench.request(post)
      request.files = [file]
      _ = await session.submit(request)
      let ask = try await bench.agent.next()
      folder = ask.request.host.folder
      try folder.make()
      close(try folder.open(file.pathInFolder, forWriting: true))
      ask.finish("seen")
      try await session.idle()
    }
    _ = await session.withdraw(.message("p1"))
    #expect(try folder.size(of: files[0].pathInFolder) == nil)
    #expect(try folder.size(of: files[1].pathInFolder) == 0)
  }

  @Test("of a message that joined a turn ends the turn; who else it was to answer is asked again")
  func joined() async throws {
    bench.agent.hears.withLock { $0 = true }
    let steer = BusyPolicy(mode: .steer, max: 2)
    try await submit("p1", "one", busy: steer)
    let ask = try await bench.agent.next()
    for (post, word) in [("p2", "two"), ("p3", "three")] {
      try await submit(post, word, busy: steer)
      _ = try await bench.agent.nextTold()
      try await wait(for: "\(post) to wait no more") { await session.place(of: post) == nil }
    }
    bench.agent.hears.withLock { $0 = false }
    #expect(await session.withdraw(.message("p2")) == ["p2"])
    await ask.end()
    for word in ["one", "three"] {
      let next = try await bench.agent.next()
      #expect(next.request.message == word)
      next.finish("to \(word)")
    }
    try await session.idle()
    #expect(await bench.outbox.texts == ["to one", "to three"])
    #expect(try await bench.store.unfinished().isEmpty)
  }

  @Test("of a message that joined an answer removes both from the history")
  func joinedLongAgo() async throws {
    bench.agent.hears.withLock { $0 = true }
    let steer = BusyPolicy(mode: .steer, max: 2)
    try await submit("p1", "one", busy: steer)
    let ask = try await bench.agent.next()
    try await submit("p2", "two", busy: steer)
    _ = try await bench.agent.nextTold()
    try await wait(for: "p2 to wait no more") { await session.place(of: "p2") == nil }
    bench.agent.hears.withLock { $0 = false }
    ask.finish("to both")
    try await session.idle()
    _ = await session.withdraw(.message("p2"))
    #expect(try await exchange("p3", "three").history.isEmpty)
  }

  @Test("ends a turn that repeats what is deleted, and leaves nothing of it")
  func retried() async throws {
    _ = try await exchange("p1", "one")
    _ = try await session.retry(bench.request("p2"))
    let ask = try await bench.agent.next()
    #expect(await session.withdraw(.message("p1")) == ["p2"])
    await ask.end()
    #expect(try await session.retry(bench.request("p3")) == .nothingToRetry)
    #expect(await bench.outbox.texts == ["answer to one"])
  }

  @Test("that is found when the answer is to be posted leaves nothing in the history")
  func foundWhileDelivering() async throws {
    _ = try await bench.store.claim("p1")
    _ = await session.submit(bench.request("p1", "one") { _ in .deleted(.message("p1")) })
    try await bench.agent.next().finish("1")
    try await session.idle()
    #expect(try await bench.store.unfinished().isEmpty)
    #expect(try await exchange("p2", "two").history.isEmpty)
  }

  @Test("cuts a delivery short, after which nothing of the exchange is known")
  func whileDelivering() async throws {
    let began = Gate()
    _ = await session.submit(
      bench.request("p1", "one") { _ in
        began.open()
        await Gate().wait()
        return .posted
      })
    try await bench.agent.next().finish("1")
    await began.wait()
    #expect(await session.withdraw(.message("p1")) == ["p1"])
    #expect(try await exchange("p2", "two").history.isEmpty)
  }
}
