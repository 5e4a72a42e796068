import Sandbox
import TestSupport
import Testing

/// Edits of messages that wait for their turn.
@Suite(.timeLimit(.minutes(1))) struct CorrectionTests {
  private let gate = TestGate()
  private let endpoint: ChatServer

  init() throws {
    endpoint = try ChatServer([.head(), .wait(gate), .word("done"), .finish, .done])
  }

  private var rules: String {
    """
    version: 1
    agents:
      coder: { type: openai, base_url: "\(endpoint.url)", model: test }
      echo: { type: echo }
    commands:
      bind:
        explain: { prompt: "Explain {{args}}" }
        status: { action: status }
    rules:
      - { name: edits, when: { edited: true, text: noticed }, say: "I saw that." }
      - { name: ping, when: { text: { equals: ping } }, say: pong }
      - { name: echo, when: { trigger: mention, text: echo }, agent: echo, session: channel }
      - { name: all, when: { trigger: [mention, command] }, agent: coder, session: channel }
    """
  }

  /// Returns the last message of the agent's next request.
  private func asked() async throws -> String {
    let body = try await endpoint.request().body
    let last = body.ranges(of: #"{"role":"user","content":""#).last
    return last.map { String(body[$0.upperBound...].prefix { $0 != "\"" }) } ?? body
  }

  /// Posts two messages, of which the second waits, and calls `body` with its id.
  private func waiting(
    _ text: String, in setting: Setting, _ body: (String) async throws -> Void
  ) async throws {
    _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab one")
    #expect(try await asked() == "alice: one")
    let second = try await setting.sandbox.post(as: "alice", in: "dev", text)
    try await setting.bears(["eyes"], on: second)
    try await body(second)
  }

  private func done(_ times: Int, in setting: Setting) async throws {
    gate.open()
    try await setting.hasSaid("done", times: times)
  }

  @Test(arguments: [
    ("@edgecrab two", "@edgecrab two, corrected and noticed", "alice: two, corrected and noticed"),
    ("!explain tow", "!explain two", "alice: Explain two"),
  ])
  func `a waiting message is asked with its edited text, in its place in the queue`(
    text: String, correction: String, expected: String
  ) async throws {
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules) {
        try await waiting(text, in: setting) { second in
          let three = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab three")
          try await setting.bears(["eyes"], on: three)
          try await setting.sandbox.edit(second, as: "alice", to: "@edgecrab not yet")
          try await setting.sandbox.edit(second, as: "alice", to: correction)
          // A fixed reply comes after the edits.
          try await setting.ask("ping")
        }
        try await done(1, in: setting)
        #expect(try await asked() == expected)
        try await done(2, in: setting)
        #expect(try await asked() == "alice: three")
        try await done(3, in: setting)
      }
      #expect(try await !setting.said().contains("I saw that."))
    }
  }

  @Test func `a waiting message is dropped when its mention is removed, and is new when the mention returns`()
    async throws
  {
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules) {
        try await waiting("@edgecrab two", in: setting) { second in
          try await setting.bears(["eyes"], on: second)
          let three = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab three")
          try await setting.bears(["eyes"], on: three)
          try await setting.sandbox.edit(second, as: "alice", to: "two")
          try await setting.bears([], on: second)
          try await done(1, in: setting)
          #expect(try await asked() == "alice: three")
          try await setting.sandbox.edit(second, as: "alice", to: "@edgecrab two after all")
          try await setting.bears(["eyes"], on: second)
        }
        try await done(2, in: setting)
        #expect(try await asked() == "alice: two after all")
        try await done(3, in: setting)
      }
    }
  }

  @Test func `a waiting message that an edit turns into a command is decided again`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules) {
        try await waiting("@edgecrab two", in: setting) { second in
          let third = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab three")
          try await setting.bears(["eyes"], on: third)
          let four = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab four")
          try await setting.bears(["eyes"], on: four)
          // One is for another agent, and comes last; one is answered by a rule, at once.
          try await setting.sandbox.edit(second, as: "alice", to: "@edgecrab echo")
          try await setting.sandbox.edit(third, as: "alice", to: "ping")
          try await setting.hasSaid("pong", times: 1)
          try await setting.bears([], on: third)
        }
        try await done(1, in: setting)
        #expect(try await asked() == "alice: four")
        try await done(2, in: setting)
        try await setting.hasSaid("echo", times: 1)
      }
      #expect(try await setting.said() == ["pong", "done", "done", "echo"])
    }
  }

  @Test func `an edit of a message whose answer has begun or ended changes nothing`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules) {
        let question = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab one")
        #expect(try await asked() == "alice: one")
        try await setting.sandbox.edit(question, as: "alice", to: "@edgecrab one, corrected")
        try await setting.ask("ping")
        try await done(1, in: setting)
        try await setting.sandbox.edit(question, as: "alice", to: "@edgecrab one, corrected again")
        try await setting.ask("@edgecrab echo")
      }
      #expect(try await setting.said() == ["pong", "done", "echo"])
    }
  }

  @Test func `edits of waiting messages survive a restart, and edits during it count`() async throws {
    try await Setting.with { setting in
      let sandbox = setting.sandbox
      var posts: [String] = []
      try await setting.withGateway(rules: rules) {
        try await waiting("@edgecrab two", in: setting) { second in
          for word in ["three", "four", "five"] {
            posts.append(try await sandbox.post(as: "alice", in: "dev", "@edgecrab \(word)"))
          }
          try await setting.bears(["eyes"], on: posts[2])
          try await sandbox.edit(second, as: "alice", to: "@edgecrab two, corrected")
          try await setting.ask("ping")
        }
      }
      try await sandbox.edit(posts[0], as: "alice", to: "@edgecrab three, corrected and noticed")
      try await sandbox.edit(posts[1], as: "alice", to: "four")
      // The request of the first gateway waits there, too.
      gate.open()
      try await setting.withGateway(rules: rules) {
        try await setting.bears([], on: posts[1])
        for (count, word) in ["one", "two, corrected", "three, corrected and noticed", "five"].enumerated() {
          #expect(try await asked() == "alice: \(word)")
          try await done(count + 1, in: setting)
        }
      }
      #expect(try await setting.said().count { $0 == "done" } == 4)
      #expect(try await !setting.said().contains("I saw that."))
    }
  }

  @Test func `an edit that adds a mention after a restart is answered once`() async throws {
    try await Setting.with { setting in
      let sandbox = setting.sandbox
      var (plain, answered) = ("", "")
      try await setting.withGateway(rules: rules) {
        plain = try await sandbox.post(as: "alice", in: "dev", "plain")
        answered = try await sandbox.post(as: "alice", in: "dev", "@edgecrab echo")
        try await setting.hasSaid("echo", times: 1)
      }
      for _ in 1...2 {
        try await setting.withGateway(rules: rules) {
          try await setting.ask("ping")
          try await sandbox.edit(plain, as: "alice", to: "@edgecrab echo after all")
          try await setting.hasSaid("echo after all", times: 1)
          try await sandbox.edit(plain, as: "alice", to: "@edgecrab echo after all, corrected")
          try await sandbox.edit(answered, as: "alice", to: "@edgecrab echo, corrected")
          try await sandbox.edit(answered, as: "alice", to: "@edgecrab echo")
          try await setting.ask("ping")
        }
      }
      #expect(try await Set(setting.said()) == ["echo", "echo after all", "pong"])
      #expect(try await setting.said().count == 6)
    }
  }

  @Test func `an edit of a post that is older than max_age is not answered`() async throws {
    try await Setting.with { setting in
      let sandbox = setting.sandbox
      var plain = ""
      try await setting.withGateway(rules: rules) {
        plain = try await sandbox.post(as: "alice", in: "dev", "plain")
        try await setting.ask("ping")
      }
      sandbox.advanceClock(by: .seconds(3_600))
      try await setting.withGateway(rules: rules) {
        try await setting.ask("ping")
        try await sandbox.edit(plain, as: "alice", to: "@edgecrab echo after all")
        try await setting.ask("ping")
      }
      #expect(try await setting.said() == ["pong", "pong", "pong"])
    }
  }
}
