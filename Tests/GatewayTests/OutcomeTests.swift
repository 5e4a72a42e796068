import ConfigLoader
import Core
import RuleEngine
import Sandbox
import Synchronization
import TestSupport
import Testing

/// The outcomes of messages in the journal. The frequent ones are tested with the real program.
@Suite(.timeLimit(.minutes(1))) struct OutcomeTests {
  private func rules(_ endpoint: ChatServer, busy: String = "queue", more: String = "") -> String {
    """
    version: 1
    agents: { coder: { type: openai, base_url: "\(endpoint.url)", model: test } }
    \(more)
    rules:
      - { name: ping, when: { text: { equals: ping } }, say: pong }
      - { name: bots, when: { author: bot, trigger: mention }, say: "Hello, bot." }
      - { name: all, when: { trigger: [mention, command] }, agent: coder, busy: { mode: \(busy), max: 5 } }
    """
  }

  /// Returns the outcomes of each event of a post, in the order of their decisions.
  private func outcomes(of post: String, in setting: Setting) throws -> [[EventOutcome]] {
    try setting.recorded().filter { $0.event.post.rawValue == post }.map { $0.outcomes.map(\.outcome) }
  }

  @Test func `a message that a newer one interrupts is recorded as stopped`() async throws {
    let gate = TestGate()
    let endpoint = try ChatServer([.head(), .wait(gate), .word("done"), .finish, .done])
    try await Setting.with { setting in
      var posts: [String] = []
      try await setting.withGateway(rules: rules(endpoint, busy: "interrupt")) {
        for text in ["one", "two"] {
          posts.append(try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab \(text)"))
          var isAsked = false
          while !isAsked { if case .request = try await endpoint.next() { isAsked = true } }
        }
        for _ in 1...2 { gate.open() }
        try await setting.hasSaid("done", times: 1)
      }
      #expect(try outcomes(of: posts[0], in: setting) == [[.stopped(.newerMessage)]])
      #expect(try outcomes(of: posts[1], in: setting) == [[.answered(agent: "coder", posts: 1)]])
    }
  }

  @Test func `a waiting message that is edited is decided again, as the post's next event`()
    async throws
  {
    let gate = TestGate()
    let endpoint = try ChatServer([.head(), .wait(gate), .word("done"), .finish, .done])
    try await Setting.with { setting in
      var posts: [String] = []
      try await setting.withGateway(rules: rules(endpoint)) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab one")
        _ = try await endpoint.request()
        for text in ["two", "three"] {
          posts.append(try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab \(text)"))
          try await setting.bears(["eyes"], on: posts.last ?? "")
        }
        try await setting.sandbox.edit(posts[0], as: "alice", to: "@edgecrab two, please")
        try await setting.sandbox.edit(posts[1], as: "alice", to: "never mind")
        try await setting.ask("ping")
        for _ in 1...2 { gate.open() }
        try await setting.hasSaid("done", times: 2)
      }
      #expect(
        try outcomes(of: posts[0], in: setting) == [[.corrected], [.answered(agent: "coder", posts: 1)]])
      #expect(try outcomes(of: posts[1], in: setting) == [[.corrected], []])
      #expect(
        try setting.recorded().filter { $0.event.post.rawValue == posts[1] }.last?.decided?.verdict.outcome == .noRule)
    }
  }

  @Test func `a post beyond the limit for bots is recorded as limited and gets no reply`() async throws {
    let endpoint = try ChatServer([])
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules(endpoint, more: "intake: { bots: 1/min }")) {
        for number in 1...2 { try await setting.sandbox.post(as: "otherbot", in: "dev", "@edgecrab \(number)") }
        try await setting.sandbox.post(as: "alice", in: "dev", "ping")
        try await setting.hasSaid("pong", times: 1)
        try await setting.hasSaid("Hello, bot.", times: 1)
      }
      let found = try setting.recorded().filter { $0.event.user.name == "otherbot" }.map { $0.outcomes.map(\.outcome) }
      #expect(found == [[.said], [.limited(.bots, seconds: 60)]])
    }
  }

  @Test func `a post that is too old when it is read is recorded as dropped`() async throws {
    let endpoint = try ChatServer([])
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules(endpoint)) {}
      let post = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab hi")
      setting.sandbox.advanceClock(by: .seconds(3_600))
      try await setting.withGateway(rules: rules(endpoint)) { try await setting.ask("ping") }
      #expect(try outcomes(of: post, in: setting) == [[.dropped(.tooLate)]])
    }
  }

  @Test func `a post that is deleted while the gateway runs is recorded as stopped, and otherwise as gone`()
    async throws
  {
    let gate = TestGate()
    let endpoint = try ChatServer([.head(), .wait(gate), .word("done"), .finish, .done])
    defer { for _ in 1...4 { gate.open() } }
    try await Setting.with { setting in
      var posts: [String] = []
      try await setting.withGateway(rules: rules(endpoint)) {
        for text in ["one", "two", "three"] {
          posts.append(try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab \(text)"))
          try await setting.bears(["eyes"], on: posts.last ?? "")
        }
        _ = try await endpoint.request()
        try await setting.sandbox.delete(posts[1], as: "alice")
        try await setting.ask("ping")
      }
      try await setting.sandbox.delete(posts[2], as: "alice")
      try await setting.withGateway(rules: rules(endpoint)) { try await setting.ask("ping") }
      #expect(try outcomes(of: posts[0], in: setting) == [[.postponed, .resumed, .postponed]])
      #expect(try outcomes(of: posts[1], in: setting) == [[.stopped(.deletion)]])
      #expect(try outcomes(of: posts[2], in: setting) == [[.postponed, .dropped(.gone)]])
    }
  }

  @Test func `an answer in an archived channel is recorded as sent directly`() async throws {
    let gate = TestGate()
    let endpoint = try ChatServer([.head(), .wait(gate), .word("done"), .finish, .done])
    try await Setting.with { setting in
      var post = ""
      try await setting.withGateway(rules: rules(endpoint)) {
        post = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab one")
        _ = try await endpoint.request()
        try await setting.sandbox.archive("dev")
        gate.open()
        try await wait(for: "the direct message") { try await setting.said(in: "@edgecrab").count == 1 }
      }
      guard case .dropped(.refused, _)? = try outcomes(of: post, in: setting).first?.first else {
        throw TestFailure("\(try outcomes(of: post, in: setting))")
      }
      #expect(try outcomes(of: post, in: setting)[0].last == .direct)
    }
  }

  @Test func `a post whose author cannot be looked up is recorded as delayed, and then decided again`() async throws {
    let isDown = Mutex(true)
    try await Setting.with { setting in
      let relay = try InterceptingProxy(before: setting.sandbox.url) { call, _ in
        call.target == "POST /api/v4/users/ids" && isDown.withLock { $0 } ? .answer("503 Oops") : .pass
      }
      var post = ""
      try await setting.withGateway(through: relay, rules: rules(try ChatServer([]))) {
        post = try await setting.sandbox.post(as: "alice", in: "dev", "ping")
        try await wait(for: "the post to wait") {
          try outcomes(of: post, in: setting) == [[.delayed]]
        }
        isDown.withLock { $0 = false }
        try await setting.hasSaid("pong", times: 1)
      }
      #expect(try outcomes(of: post, in: setting) == [[.delayed, .decidedAgain], [.said]])
    }
  }
}
