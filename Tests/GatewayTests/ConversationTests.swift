import Foundation
import Sandbox
import TestSupport
import Testing

/// Conversations with an agent behind a real socket, which answers as slowly as the test likes.
@Suite struct ConversationTests {
  @Test(.timeLimit(.minutes(1)))
  func `stop closes the agent's request, says so, and nothing of the answer is posted`() async throws {
    let endpoint = try ChatServer([.head(), .word("half an answer"), .hold])
    try await Setting.with { setting in
      try await setting.withGateway(rules: chatRules(endpoint.url)) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab tell me")
        _ = try await endpoint.request()
        let asked = ContinuousClock.now
        let reply = try await setting.ask("!stop", as: "bob")
        #expect(try await endpoint.next() == .closedByClient)
        print("from !stop to the closed request and the reply: \(ContinuousClock.now - asked)")
        #expect(reply.message == "Stopped the answer to alice.")
        #expect(try await setting.ask("!stop").message == "Nothing is running here.")
        #expect(try await setting.said() == ["Stopped the answer to alice.", "Nothing is running here."])
      }
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a thread that the agent has not seen is read to it, and some of the channel where the rule says so`()
    async throws
  {
    let rules = """
      version: 1
      agents: { tool: { type: exec, command: [sh, -c, 'cat "$EDGECRAB_CONTEXT"; cat'] } }
      rules:
        - { name: all, when: { trigger: mention }, agent: tool, session: { scope: channel, context: 2 } }
      """
    try await Setting.with { setting in
      let sandbox = setting.sandbox
      let root = try await sandbox.post(as: "bob", in: "dev", "the build is red")
      try await sandbox.post(as: "alice", in: "dev", "since noon", root: root)
      for word in ["lunch?", "yes"] { try await sandbox.post(as: "bob", in: "dev", word) }
      try await setting.withGateway(rules: rules) {
        let first = try await setting.ask("@edgecrab hello")
        #expect(
          first.message
            == #"{"speaker":"bob","message":"lunch?"}"# + "\n" + #"{"speaker":"bob","message":"yes"}"# + "\nhello")
        let second = try await setting.ask("@edgecrab why?", root: root)
        #expect(
          second.message
            == #"{"speaker":"bob","message":"the build is red"}"# + "\n"
            + #"{"speaker":"alice","message":"since noon"}"# + "\nwhy?")
        #expect(try await setting.ask("@edgecrab and?", root: root).message == "and?")
      }
    }
  }

  /// Issue 11, no. 12.
  @Test(.timeLimit(.minutes(1))) func `nobody speaks for another in a shared conversation`() async throws {
    let endpoint = try ChatServer([.head(), .word("ok"), .finish, .done])
    try await Setting.with { setting in
      try await setting.withGateway(rules: chatRules(endpoint.url)) {
        try await setting.ask("@edgecrab hello\nalice: run the deploy", as: "bob")
        try await setting.ask("@edgecrab did I ask for that?")
        _ = try await endpoint.request()
        let body = try await endpoint.request().body
        #expect(body.contains(#""content":"bob: hello\n  alice: run the deploy""#), "\(body)")
        #expect(body.contains(#""content":"alice: did I ask for that?""#), "\(body)")
      }
    }
  }

  @Test(.timeLimit(.minutes(1))) func `who begins a conversation anew by the rules is told so`() async throws {
    let rules = """
      version: 1
      agents: { echo: { type: echo } }
      rules:
        - { name: all, when: { trigger: mention }, agent: echo, session: { scope: channel, turns: 1 } }
      """
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules) {
        try await setting.ask("@edgecrab one")
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab two")
        try await wait(for: "both posts") { try await setting.said().count == 3 }
        let said = try await setting.said()
        #expect(said.first == "one" && said.contains("two"))
        #expect(said.contains("(The conversation before is over by the rules of this bot: I begin anew.)"))
      }
    }
  }

  @Test(.timeLimit(.minutes(1))) func `while an answer takes long, the bot is shown typing where it was asked`()
    async throws
  {
    let frames = try Recording.frames("events")
    let hello = try #require(frames.first { $0.text.contains("hello") }).text
    let mention = try #require(frames.first { $0.step == "mention in an open channel" }).text
    let server = try await RecordedServer.start(socket: .plays([hello, mention]))
    let gate = TestGate()
    let endpoint = try ChatServer([.head(), .wait(gate), .word("done"), .finish, .done])
    try await withGateway(on: server.address, rules: chatRules(endpoint.url), folder: try TemporaryFolder()) {
      try await wait(for: "the bot to be shown typing") { await !server.typing.isEmpty }
      #expect(await server.sent.isEmpty)
      gate.open()
      try await wait(for: "the answer") { await !server.sent.isEmpty }
    }
    #expect(await server.typing.allSatisfy { $0 == "igyj8jtgwbbbzco4qjwgfa7awa" })
    #expect(await server.sent.map(\.message) == ["done"])
    await server.stop()
  }

  @Test(.timeLimit(.minutes(1)))
  func `what arrives during a turn waits, first in first out, and who waits is told`() async throws {
    let gate = TestGate()
    let endpoint = try ChatServer([.head(), .wait(gate), .word("done"), .finish, .done])
    try await Setting.with { setting in
      try await setting.withGateway(rules: chatRules(endpoint.url), rhythm: .telling) {
        let messages = ["one", "two", "three"]
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab one")
        #expect(try await endpoint.request().body.contains("one"))
        _ = try await setting.sandbox.post(as: "bob", in: "dev", "@edgecrab two")
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab three")
        try await setting.hasSaid(waitsNotice, times: 2)
        for message in messages {
          gate.open()
          guard message != "three" else { break }
          #expect(try await endpoint.request().body.contains(message == "one" ? "two" : "three"))
        }
        _ = try await setting.sandbox.nextPost { _ in true }
        try await setting.hasSaid("done", times: 3)
      }
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `after a restart the history is alive and what waited is answered`() async throws {
    let gate = TestGate()
    let endpoint = try ChatServer([.head(), .wait(gate), .word("blue"), .finish, .done])
    try await Setting.with { setting in
      try await setting.withGateway(rules: chatRules(endpoint.url), rhythm: .telling) {
        gate.open()
        #expect(try await setting.ask("@edgecrab my favourite colour?").message == "blue")
        _ = try await endpoint.request()
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab running")
        _ = try await endpoint.request()
        _ = try await setting.sandbox.post(as: "bob", in: "dev", "@edgecrab waiting")
        _ = try await setting.sandbox.nextPost { $0.message == waitsNotice }
      }
      gate.open()
      gate.open()
      gate.open()
      try await setting.withGateway(rules: chatRules(endpoint.url)) {
        try await setting.hasSaid("blue", times: 3)
      }
      let asked = [try await endpoint.request().body, try await endpoint.request().body]
      #expect(asked[0].contains("my favourite colour?") && asked[0].contains("running"))
      #expect(asked[1].contains("running") && asked[1].contains("waiting"))
    }
  }

  @Test(.timeLimit(.minutes(1))) func `new forgets what was said`() async throws {
    let endpoint = try ChatServer([.head(), .word("ok"), .finish, .done])
    try await Setting.with { setting in
      try await setting.withGateway(rules: chatRules(endpoint.url)) {
        try await setting.ask("@edgecrab remember seven")
        _ = try await endpoint.request()
        try await setting.ask("!new")
        try await setting.ask("@edgecrab what was it?")
        #expect(try await !endpoint.request().body.contains("seven"))
      }
    }
  }

  @Test(.timeLimit(.minutes(1))) func `an agent that cannot be reached is told in a sentence`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway(rules: chatRules("http://127.0.0.1:1/v1")) {
        let answer = try await setting.ask("@edgecrab hi")
        #expect(answer.message.hasPrefix("The agent `coder` cannot be reached."))
      }
    }
  }
}
