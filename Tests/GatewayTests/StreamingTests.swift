import Core
import MattermostIO
import RuleEngine
import Sandbox
import TestSupport
import Testing

@testable import Agents
@testable import Gateway
@testable import Sessions

/// Answers that appear while the agent writes them.
@Suite(.timeLimit(.minutes(1))) struct StreamingTests {
  private func rules(_ endpoint: ChatServer, maxLength: Int = 4_000) -> String {
    """
    version: 1
    agents: { coder: { type: openai, base_url: "\(endpoint.url)", model: test } }
    commands: { bind: { stop: { action: stop } } }
    rules:
      - name: all
        when: { trigger: [mention, command] }
        agent: coder
        reply: { stream: true, max_length: \(maxLength) }
    """
  }

  private func shows(_ texts: String..., in setting: Setting) async throws {
    try await wait(for: "the bot to show \(texts)") { try await setting.said() == texts }
  }

  @Test func `an answer is streamed in one post`() async throws {
    let gate = TestGate()
    let endpoint = try ChatServer([
      .head(), .word("Hello "), .wait(gate), .word("my "), .wait(gate), .word("world"), .finish, .done,
    ])
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules(endpoint)) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab hi")
        try await shows("Hello", in: setting)
        gate.open()
        try await shows("Hello my", in: setting)
        gate.open()
        try await shows("Hello my world", in: setting)
      }
    }
  }

  @Test func `a streamed answer is one event`() async throws {
    let gate = TestGate()
    let endpoint = try ChatServer([.head(), .word("Hello "), .wait(gate), .word("world"), .finish, .done])
    let seen = AsyncQueue<Event>()
    try await withSandbox { sandbox in
      let folder = try TemporaryFolder()
      let observe: @Sendable (Event, Decision) async -> Void = { event, _ in seen(event) }
      try await withGateway(
        on: sandbox.url, token: sandbox.botToken, rules: rules(endpoint), folder: folder, observe: observe
      ) {
        try await sandbox.waitForConnection()
        _ = try await sandbox.post(as: "alice", in: "dev", "@edgecrab hi")
        _ = try await sandbox.nextPost(within: patience) { $0.message == "Hello" }
        gate.open()
        _ = try await sandbox.nextPost(within: patience) { $0.message == "Hello world" }
        _ = try await sandbox.post(as: "alice", in: "dev", "lunch?")
        for (text, author) in [("@edgecrab hi", Author.human), ("Hello", .own), ("lunch?", .human)] {
          let event = try await seen.next("an event")
          #expect(event.text == text)
          #expect(event.author == author)
        }
      }
    }
  }

  @Test func `an answer that is longer than a post is streamed on in the next one`() async throws {
    let gate = TestGate()
    let parts = "abc".map { String(repeating: $0, count: 198) }
    let endpoint = try ChatServer(
      [.head(), .word(parts[0] + #"\n\n"#), .word("bbb"), .wait(gate)]
        + [.word(parts[1].dropFirst(3) + #"\n\n"#), .word("c"), .wait(gate)]
        + [.word(String(parts[2].dropFirst())), .finish, .done])
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules(endpoint, maxLength: 200)) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab hi")
        try await shows(parts[0], "bbb", in: setting)
        gate.open()
        try await shows(parts[0], parts[1], "c", in: setting)
        gate.open()
        try await shows(parts[0], parts[1], parts[2], in: setting)
      }
    }
  }

  @Test func `a stop is shown on the last of the streamed posts`() async throws {
    let first = String(repeating: "a", count: 198)
    let endpoint = try ChatServer([.head(), .word(first + #"\n\nmore"#), .hold])
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules(endpoint, maxLength: 200)) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab hi")
        try await shows(first, "more", in: setting)
        _ = try await setting.sandbox.post(as: "bob", in: "dev", "!stop")
        try await shows(first, "more\n\n(Stopped here.)", "Stopped the answer to alice.", in: setting)
      }
    }
  }

  @Test func `after a restart an answer continues in all of its streamed posts`() async throws {
    let gate = TestGate()
    let parts = "ab".map { String(repeating: $0, count: 198) }
    let endpoint = try ChatServer(
      [.head(), .word(parts[0] + #"\n\n"#), .word("bbb"), .wait(gate)]
        + [.word(String(parts[1].dropFirst(3))), .finish, .done])
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules(endpoint, maxLength: 200)) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab hi")
        try await shows(parts[0], "bbb", in: setting)
      }
      gate.open()
      try await setting.withGateway(rules: rules(endpoint, maxLength: 200)) {
        gate.open()
        try await shows(parts[0], parts[1], in: setting)
      }
    }
  }

  @Test func `a stopped answer stays with a mark, and code in it is closed`() async throws {
    let endpoint = try ChatServer([.head(), .word(#"Like so:\n```swift\nlet a"#), .hold])
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules(endpoint)) {
        let question = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab hi")
        _ = try await setting.sandbox.nextPost(after: question) { $0.author == "edgecrab" }
        _ = try await setting.sandbox.post(as: "bob", in: "dev", "!stop")
        try await shows(
          "Like so:\n```swift\nlet a\n```\n\n(Stopped here.)", "Stopped the answer to alice.", in: setting)
      }
    }
  }

  @Test func `an answer that failed while it was streamed says so below its text`() async throws {
    let gate = TestGate()
    let endpoint = try ChatServer([.head(), .word("Hello "), .wait(gate)])
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules(endpoint)) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab hi")
        try await shows("Hello", in: setting)
        gate.open()
        try await shows(
          "Hello\n\nThe agent `coder` was cut off in the middle of its answer. Try again with `!retry`.", in: setting)
      }
    }
  }

  @Test func `an edit in flight is awaited before the answer is posted over it`() async throws {
    let (words, edit) = (TestGate(), TestGate())
    let endpoint = try ChatServer([
      .head(), .word("one "), .wait(words), .word("two "), .wait(words), .word("three"), .finish, .done,
    ])
    try await Setting.with { setting in
      let relay = try InterceptingProxy(before: setting.sandbox.url) { call, before in
        call.target.hasPrefix("PUT") && before == 0 ? .hold(edit) : .pass
      }
      try await setting.withGateway(through: relay, rules: rules(endpoint)) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab hi")
        try await shows("one", in: setting)
        words.open()
        try await wait(for: "an edit") { relay.calls("PUT").count == 1 }
        words.open()
        #expect(try await endpoint.next() != .closedByClient)
        edit.open()
        try await shows("one two three", in: setting)
        #expect(relay.calls("PUT").map(\.body) == [#"{"message":"one two"}"#, #"{"message":"one two three"}"#])
      }
    }
  }

  @Test func `after a restart an answer continues in its streamed post`() async throws {
    let gate = TestGate()
    let endpoint = try ChatServer([.head(), .word("Hello "), .wait(gate), .word("world"), .finish, .done])
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules(endpoint)) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab hi")
        try await shows("Hello", in: setting)
      }
      for _ in 0..<2 { gate.open() }
      try await setting.withGateway(rules: rules(endpoint)) {
        try await shows("Hello world", in: setting)
      }
    }
  }

  /// Posts texts as those in which an earlier gateway had the reply `r` grow, and returns where.
  private func begun(_ texts: String..., on sandbox: SandboxServer, by outbox: Outbox) async throws -> ReplyTarget {
    let target = ReplyTarget(channel: ChannelID(try await sandbox.channelID("dev")))
    for (number, text) in texts.enumerated() {
      var chunk = ReplyChunk(text, of: "r", number: number)
      _ = try await outbox.posts.post(&chunk, to: target, .answer)
    }
    return target
  }

  /// An answer of two posts, all of which is taken back for a short one.
  private func takenBack(_ gate: TestGate) -> [ChatServer.Step] {
    [
      .head(), .word(String(repeating: "a", count: 198) + #"\n\nbbb"#), .wait(gate), .word(#"\n</think>\n\nYes."#),
      .wait(gate), .finish, .done,
    ]
  }

  @Test func `a streamed post that the answer does not need is removed, and the history has the answer`() async throws {
    let gate = TestGate()
    let endpoint = try ChatServer(inTurn: [takenBack(gate), [.head(), .word("Sure."), .finish, .done]])
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules(endpoint, maxLength: 200)) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab really?")
        _ = try await endpoint.request()
        try await shows(String(repeating: "a", count: 198), "bbb", in: setting)
        gate.open()
        try await shows("Yes.", "(This part is no longer in the answer.)", in: setting)
        gate.open()
        try await shows("Yes.", in: setting)
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab sure?")
        try await shows("Yes.", "Sure.", in: setting)
        #expect(try await endpoint.request().body.contains(#""content":"Yes.""#))
      }
      // The next one reads what was deleted before it listened.
      try await setting.withGateway(rules: rules(endpoint, maxLength: 200)) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab still?")
        try await shows("Yes.", "Sure.", "Sure.", in: setting)
        #expect(try await endpoint.request().body.contains(#""content":"Yes.""#))
      }
    }
  }

  @Test func `a streamed post that may not be deleted says that it is no part of the answer`() async throws {
    let gate = TestGate()
    let endpoint = try ChatServer(takenBack(gate))
    try await Setting.with { setting in
      let relay = try InterceptingProxy(before: setting.sandbox.url) { call, _ in
        guard call.target.hasPrefix("DELETE /api/v4/posts/") else { return .pass }
        return .answer("403 Forbidden", body: #"{"id":"api.context.permissions.app_error","message":"No."}"#)
      }
      try await setting.withGateway(through: relay, rules: rules(endpoint, maxLength: 200)) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab really?")
        try await shows(String(repeating: "a", count: 198), "bbb", in: setting)
        for _ in 0..<2 { gate.open() }
        try await wait(for: "a deletion") { !relay.calls("DELETE /api/v4/posts/").isEmpty }
        try await shows("Yes.", "(This part is no longer in the answer.)", in: setting)
      }
    }
  }

  @Test func `after a restart, streamed posts that a shorter answer does not need are removed`() async throws {
    let first = String(repeating: "a", count: 198)
    let endpoint = try ChatServer(inTurn: [
      [.head(), .word(first + #"\n\nbbb"#), .hold], [.head(), .word("Short."), .finish, .done],
    ])
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules(endpoint, maxLength: 200)) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab hi")
        try await shows(first, "bbb", in: setting)
      }
      try await setting.withGateway(rules: rules(endpoint, maxLength: 200)) {
        try await shows("Short.", in: setting)
      }
    }
  }

  @Test func `a stop is shown on a post whose creation the server did not confirm`() async throws {
    let endpoint = try ChatServer([.head(), .word("half "), .hold])
    try await Setting.with { setting in
      let relay = try InterceptingProxy(before: setting.sandbox.url) { call, before in
        call.target == "POST /api/v4/posts" && before == 0 ? .loseAnswer : .pass
      }
      try await setting.withGateway(through: relay, rules: rules(endpoint)) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab hi")
        try await shows("half", in: setting)
        _ = try await setting.sandbox.post(as: "bob", in: "dev", "!stop")
        try await shows("half\n\n(Stopped here.)", "Stopped the answer to alice.", in: setting)
      }
    }
  }

  @Test func `a stop right after a restart is shown on the last of the streamed posts`() async throws {
    try await withOutbox { sandbox, outbox in
      let target = try await begun("one", "two", on: sandbox, by: outbox)
      await StreamingPost(of: "r", to: target, from: outbox, isResumed: true).markStopped(at: nil)
      #expect(try await sandbox.messages(of: "edgecrab").sorted() == ["one", "two\n\n(Stopped here.)"])
    }
  }

  @Test func `the text that an earlier gateway showed is known apart from the current one`() async throws {
    try await withOutbox { sandbox, outbox in
      let target = try await begun("Half", on: sandbox, by: outbox)
      let growing = StreamingPost(of: "r", to: target, from: outbox, isResumed: true)
      let answer = ResponseBuffer(showsActivity: true)
      let words = AsyncThrowingStream<ResponsePart, any Error>.makeStream()
      let collecting = Task { try await answer.collect(words.stream) }
      let following = Task { await growing.follow(answer) }
      words.continuation.yield(.text("Half of it"))
      words.continuation.yield(.thought("Which half?"))
      try await wait(for: "the thought") {
        try await sandbox.messages(of: "edgecrab") == ["Half of it\n\n… Which half?"]
      }
      words.continuation.finish()
      try await collecting.value
      following.cancel()
      await following.value
      #expect(await growing.shownBefore() == "Half")
    }
  }

  @Test(arguments: [true, false])
  func `an agent's channel-wide mention notifies no one`(streams: Bool) async throws {
    let endpoint = try ChatServer([.head(), .word("@all, see `@all`"), .finish, .done])
    try await Setting.with { setting in
      let rules = streams ? rules(endpoint) : chatRules(endpoint.url)
      try await setting.withGateway(rules: rules) {
        let answer = try await setting.ask("@edgecrab hi")
        #expect(answer.message == "@\u{2060}all, see `@all`")
      }
    }
  }
}
