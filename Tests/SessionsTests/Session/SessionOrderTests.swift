import Agents
import Core
import RuleEngine
import Sessions
import TestSupport
import Testing

@Suite(.everyStore, .timeLimit(.minutes(1)))
struct SessionOrderTests {
  @Test func `messages that arrive while a turn runs are answered in their order`() async throws {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    #expect(await session.submit(fixture.request("p1", "one")) == .started)
    #expect(await session.submit(fixture.request("p2", "two")) == .queued(position: 1))
    #expect(await session.submit(fixture.request("p3", "three")) == .queued(position: 2))
    for word in ["one", "two", "three"] {
      let ask = try await fixture.agent.next()
      #expect(ask.request.message == word)
      ask.finish("answer to \(word)")
    }
    try await fixture.delivered.reaches(3)
    #expect(await fixture.delivered.texts == ["answer to one", "answer to two", "answer to three"])
    #expect(await fixture.delivered.replies.map(\.id) == ["p1", "p2", "p3"])
  }

  @Test func `context is requested if the conversation has not seen what the message is about`() async throws {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    func ask(_ post: String, thread: PostID? = nil) async throws -> [ChatMessage] {
      let count = await fixture.delivered.replies.count
      var request = fixture.request(post, session: SessionPolicy(context: 3)).with {
        $0.context = { wanted in [ChatMessage(speaker: "bob", text: "\(wanted)")] }
      }
      request.origin.thread = thread
      _ = await session.submit(request)
      let ask = try await fixture.agent.next()
      ask.finish("ok")
      try await fixture.delivered.reaches(count + 1)
      try await session.idle()
      return ask.request.context
    }
    #expect(try await ask("p1").map(\.text) == ["channel(count: 3)"])
    #expect(try await ask("p2").isEmpty)
    // A thread under a message of this conversation is known, another one is not, once.
    #expect(try await ask("p3", thread: "p1").isEmpty)
    #expect(try await ask("p4", thread: "other").map(\.text) == ["thread(root: other)"])
    #expect(try await ask("p5", thread: "other").isEmpty)
  }

  @Test func `a user who asks much does not delay the others of a shared conversation`() async throws {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    let asked = [
      ("a1", "u-alice"), ("a2", "u-alice"), ("a3", "u-alice"), ("b1", "u-bob"), ("c1", "u-carol"), ("b2", "u-bob"),
    ]
    for (post, user) in asked { _ = await session.submit(fixture.request(post, post, user: user)) }
    #expect(await session.position(of: "b1") == 1)
    #expect(await session.position(of: "a2") == 2)
    #expect(await session.position(of: "a3") == 4)
    var answered: [String] = []
    for number in 1...asked.count {
      let ask = try await fixture.agent.next()
      answered.append(ask.request.message)
      ask.finish("ok")
      try await fixture.delivered.reaches(number)
    }
    #expect(answered == ["a1", "b1", "a2", "c1", "a3", "b2"])
  }

  @Test func `a turn begins when the delivery of the one before is over`() async throws {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    let gate = Gate()
    _ = await session.submit(fixture.request("p1", "one", deliveredWhen: gate))
    _ = await session.submit(fixture.request("p2", "two"))
    try await fixture.agent.next().finish("first")
    try await fixture.delivered.reaches(1)
    let status = try await session.status()
    #expect(status.running?.claim == "p1")
    #expect(status.waiting == 1)
    gate.open()
    let second = try await fixture.agent.next()
    #expect(
      second.request.history == [HistoryEntry(speaker: "alice", message: "one", answer: "first", agent: "scripted")])
    second.finish("second")
    try await fixture.delivered.reaches(2)
  }

  @Test func `of 200 messages in 20 sessions at once, each is answered once and none is lost`() async throws {
    let fixture = try await Fixture()
    await withTaskGroup { group in
      for sender in 0..<20 {
        group.addTask {
          let session = fixture.registry.session(.user(UserID("u\(sender)")))
          for number in 0..<10 {
            let request = fixture.request(
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
    try await fixture.delivered.reaches(200)
    let texts = await fixture.delivered.texts
    #expect(Set(texts).count == 200)
    for sender in 0..<20 {
      #expect(texts.filter { $0.hasPrefix("\(sender)-") } == (0..<10).map { "\(sender)-\($0)" })
    }
    await fixture.registry.shutDown()
    #expect(try await fixture.store.pending().isEmpty)
  }

  @Test func `messages submitted to one session by many tasks at once have different positions`() async throws {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    let submissions = await withTaskGroup(of: SubmissionResult.self) { group in
      for number in 0..<30 {
        group.addTask { await session.submit(fixture.request("p\(number)", busy: BusyPolicy(max: 20))) }
      }
      return await group.reduce(into: [SubmissionResult]()) { $0.append($1) }
    }
    #expect(submissions.count { $0 == .started } == 1)
    #expect(submissions.count { $0 == .rejected(.full(max: 20)) } == 9)
    for place in 1...20 { #expect(submissions.count { $0 == .queued(position: place) } == 1) }
    for _ in 0..<21 { try await fixture.agent.next().finish("ok") }
    try await fixture.delivered.reaches(21)
  }

  @Test func `a key has one session as long as it is used, and the next one has the history`() async throws {
    let fixture = try await Fixture()
    weak var first: Session?
    do {
      let session = fixture.registry.session(.channel("c"))
      #expect(fixture.registry.session(.channel("c")) === session)
      try await fixture.exchange(session, "p1", "one", answer: "1")
      first = session
    }
    try await wait(for: "the session to be dropped") { first == nil }
    let again = fixture.registry.session(.channel("c"))
    let request = try await fixture.exchange(again, "p2", "two", answer: "2")
    #expect(request.history == [HistoryEntry(speaker: "alice", message: "one", answer: "1", agent: "scripted")])
  }

  @Test func `a running turn keeps its session alive`() async throws {
    let fixture = try await Fixture()
    do {
      let session = fixture.registry.session(.channel("c"))
      _ = await session.submit(fixture.request("p1", "one"))
    }
    let ask = try await fixture.agent.next()
    let session = fixture.registry.session(.channel("c"))
    #expect(try await session.status().running?.claim == "p1")
    ask.finish("1")
    try await fixture.delivered.reaches(1)
  }
}
