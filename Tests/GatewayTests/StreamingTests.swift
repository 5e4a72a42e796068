import RuleEngine
import Sandbox
import TestSupport
import Testing
import Vocabulary

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

  @Test func `an answer grows in one post`() async throws {
    let gate = Turnstile()
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

  @Test func `an answer that grows is one event and no more`() async throws {
    let gate = Turnstile()
    let endpoint = try ChatServer([.head(), .word("Hello "), .wait(gate), .word("world"), .finish, .done])
    let seen = Report<Event>()
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

  /// Issue 12, no. 42.
  @Test func `an answer that is longer than a post goes on growing in the next one`() async throws {
    let gate = Turnstile()
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

  /// Issue 12, no. 42.
  @Test func `a stop is said on the last of the posts that grew`() async throws {
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

  /// Issue 12, no. 42.
  @Test func `after a restart the answer goes on in all the posts that it had begun`() async throws {
    let gate = Turnstile()
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

  @Test func `a stopped answer keeps what was said and says so, and code in it is closed`() async throws {
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

  @Test func `an answer that failed after it had begun says so below what it said`() async throws {
    let gate = Turnstile()
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

  @Test func `an edit that is under way is awaited before the answer is posted over it`() async throws {
    let (words, edit) = (Turnstile(), Turnstile())
    let endpoint = try ChatServer([
      .head(), .word("one "), .wait(words), .word("two "), .wait(words), .word("three"), .finish, .done,
    ])
    try await Setting.with { setting in
      let relay = try Relay(before: setting.sandbox.url) { call, before in
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

  @Test func `after a restart the answer goes on in the post that it had begun`() async throws {
    let gate = Turnstile()
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

  @Test(arguments: [true, false])
  func `an agent rings nobody by calling everybody`(streams: Bool) async throws {
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
