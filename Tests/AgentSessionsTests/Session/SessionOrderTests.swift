import AgentSessions
import RuleEngine
import TestSupport
import Testing

@Suite("A session's order", .timeLimit(.minutes(1)))
struct SessionOrderTests {
  @Test("Messages that arrive while a turn runs are answered in the order in which they came")
  func firstInFirstOut() async throws {
    let bench = try Bench()
    let session = await bench.registry.session(.channel("c"))
    #expect(await session.submit(bench.request("p1", "one")) == .started)
    #expect(await session.submit(bench.request("p2", "two")) == .queued(place: 1))
    #expect(await session.submit(bench.request("p3", "three")) == .queued(place: 2))
    for word in ["one", "two", "three"] {
      let ask = try await bench.agent.next()
      #expect(ask.request.message == word)
      ask.finish("answer to \(word)")
    }
    try await bench.outbox.reaches(3)
    #expect(await bench.outbox.texts == ["answer to one", "answer to two", "answer to three"])
    #expect(await bench.outbox.replies.map(\.id) == ["p1", "p2", "p3"])
  }

  @Test("What was said around a message is asked for where the conversation has not heard it")
  func context() async throws {
    let bench = try Bench()
    let session = await bench.registry.session(.channel("c"))
    let wishes = AsyncQueue<ContextRequest>()
    func ask(_ post: String, thread: String = "") async throws -> [ChatMessage] {
      let count = await bench.outbox.replies.count
      var request = bench.request(post, session: SessionPolicy(context: 3))
      request.origin.thread = thread
      request.context = { wish in
        wishes(wish)
        return [ChatMessage(speaker: "bob", text: "\(wish)")]
      }
      _ = await session.submit(request)
      let ask = try await bench.agent.next()
      ask.finish("ok")
      try await bench.outbox.reaches(count + 1)
      try await session.idle()
      return ask.request.context
    }
    #expect(try await ask("p1").map(\.text) == ["channel(count: 3)"])
    #expect(try await ask("p2").isEmpty)
    // A thread under a message of this conversation is known, another one is not, once.
    #expect(try await ask("p3", thread: "p1").isEmpty)
    #expect(try await ask("p4", thread: "other").map(\.text) == ["thread(root: \"other\")"])
    #expect(try await ask("p5", thread: "other").isEmpty)
  }

  @Test("Who asks much does not keep the others of a shared conversation from being answered")
  func fairness() async throws {
    let bench = try Bench()
    let session = await bench.registry.session(.channel("c"))
    let asked = [
      ("a1", "u-alice"), ("a2", "u-alice"), ("a3", "u-alice"), ("b1", "u-bob"), ("c1", "u-carol"), ("b2", "u-bob"),
    ]
    for (post, user) in asked { _ = await session.submit(bench.request(post, post, user: user)) }
    #expect(await session.place(of: "b1") == 1)
    #expect(await session.place(of: "a2") == 2)
    #expect(await session.place(of: "a3") == 4)
    var answered: [String] = []
    for number in 1...asked.count {
      let ask = try await bench.agent.next()
      answered.append(ask.request.message)
      ask.finish("ok")
      try await bench.outbox.reaches(number)
    }
    #expect(answered == ["a1", "b1", "a2", "c1", "a3", "b2"])
  }

  @Test("A turn begins only when the delivery of the one before is over")
  func oneAtATime() async throws {
    let bench = try Bench()
    let session = await bench.registry.session(.channel("c"))
    let gate = Gate()
    _ = await session.submit(bench.request("p1", "one", deliveredWhen: gate))
    _ = await session.submit(bench.request("p2", "two"))
    try await bench.agent.next().finish("first")
    try await bench.outbox.reaches(1)
    let status = try await session.status()
    #expect(status.running?.post == "p1")
    #expect(status.waiting == 1)
    gate.open()
    let second = try await bench.agent.next()
    #expect(
      second.request.history == [HistoryEntry(speaker: "alice", message: "one", answer: "first", agent: "scripted")])
    second.finish("second")
    try await bench.outbox.reaches(2)
  }

  @Test("Of 200 messages into 20 sessions at once, each is answered once and none is lost")
  func nothingIsLost() async throws {
    let bench = try Bench()
    await withTaskGroup { group in
      for sender in 0..<20 {
        group.addTask {
          let session = await bench.registry.session(.user("u\(sender)"))
          for number in 0..<10 {
            let request = bench.request(
              "p\(sender)-\(number)", "\(sender)-\(number)", user: "u-\(sender)", agent: "echo",
              busy: BusyPolicy(max: 100))
            switch await session.submit(request) {
            case .started, .queued: break
            case let other: Issue.record("\(other)")
            }
          }
        }
      }
    }
    try await bench.outbox.reaches(200)
    let texts = await bench.outbox.texts
    #expect(Set(texts).count == 200)
    for sender in 0..<20 {
      #expect(texts.filter { $0.hasPrefix("\(sender)-") } == (0..<10).map { "\(sender)-\($0)" })
    }
    await bench.registry.shutDown()
    #expect(try await bench.store.pending().isEmpty)
  }

  @Test("Messages submitted to one session by many tasks at once keep their places")
  func placesAreUnique() async throws {
    let bench = try Bench()
    let session = await bench.registry.session(.channel("c"))
    let submissions = await withTaskGroup(of: SubmissionResult.self) { group in
      for number in 0..<30 {
        group.addTask { await session.submit(bench.request("p\(number)", busy: BusyPolicy(max: 20))) }
      }
      return await group.reduce(into: [SubmissionResult]()) { $0.append($1) }
    }
    #expect(submissions.count { $0 == .started } == 1)
    #expect(submissions.count { $0 == .rejected(.full(max: 20)) } == 9)
    for place in 1...20 { #expect(submissions.count { $0 == .queued(place: place) } == 1) }
    for _ in 0..<21 { try await bench.agent.next().finish("ok") }
    try await bench.outbox.reaches(21)
  }

  @Test("A key has one session for as long as anybody uses it, and the next one knows what was said")
  func sessionsAreDropped() async throws {
    let bench = try Bench()
    weak var first: Session?
    do {
      let session = await bench.registry.session(.channel("c"))
      #expect(await bench.registry.session(.channel("c")) === session)
      try await bench.exchange(session, "p1", "one", answer: "1")
      first = session
    }
    try await wait(for: "the session to be dropped") { first == nil }
    let again = await bench.registry.session(.channel("c"))
    let request = try await bench.exchange(again, "p2", "two", answer: "2")
    #expect(request.history == [HistoryEntry(speaker: "alice", message: "one", answer: "1", agent: "scripted")])
  }

  @Test("A running turn keeps its session alive")
  func runningSessionsStay() async throws {
    let bench = try Bench()
    do {
      let session = await bench.registry.session(.channel("c"))
      _ = await session.submit(bench.request("p1", "one"))
    }
    let ask = try await bench.agent.next()
    let session = await bench.registry.session(.channel("c"))
    #expect(try await session.status().running?.post == "p1")
    ask.finish("1")
    try await bench.outbox.reaches(1)
  }
}
