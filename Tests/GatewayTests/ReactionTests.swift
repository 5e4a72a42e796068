import Sandbox
import TestSupport
import Testing

/// The emoji on a question that says how it is with the answer.
@Suite(.timeLimit(.minutes(1))) struct ReactionTests {
  @Test func `a question has one emoji while an agent is asked and another when it has answered`() async throws {
    let gate = TestGate()
    let endpoint = try ChatServer([.head(), .wait(gate), .word("done"), .finish, .done])
    try await Setting.with { setting in
      try await setting.withGateway(rules: chatRules(endpoint.url)) {
        let question = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab hi")
        try await setting.bears(["eyes"], on: question)
        gate.open()
        try await setting.bears(["white_check_mark"], on: question)
      }
    }
  }

  @Test func `a question that an agent failed to answer has an emoji for that`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway(rules: chatRules("http://127.0.0.1:1/v1")) {
        let question = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab hi")
        try await setting.bears(["x"], on: question)
      }
    }
  }

  @Test func `a stopped or dropped question has no emoji any more`() async throws {
    let endpoint = try ChatServer([.head(), .hold])
    try await Setting.with { setting in
      try await setting.withGateway(rules: chatRules(endpoint.url), intervals: .earlyWaitNotice) {
        let running = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab one")
        try await setting.bears(["eyes"], on: running)
        let waiting = try await setting.sandbox.post(as: "bob", in: "dev", "@edgecrab two")
        _ = try await setting.sandbox.nextPost(within: patience) { $0.message == waitsNotice }
        try await setting.bears(["eyes"], on: waiting)
        try await setting.ask("!stop")
        try await setting.bears([], on: running)
        try await setting.bears([], on: waiting)
      }
    }
  }

  @Test func `reactions can be switched off, and an answer is posted if they fail`() async throws {
    let rules = """
      version: 1
      agents: { echo: { type: echo } }
      rules:
        - { name: quiet, when: { trigger: mention, text: { contains: quiet } }, agent: echo, reply: { reactions: false } }
        - { name: all, when: { trigger: mention }, agent: echo }
      """
    try await Setting.with { setting in
      let relay = try InterceptingProxy(before: setting.sandbox.url) { call, before in
        call.target == "POST /api/v4/reactions" && before < 2 ? .answer("403 Forbidden") : .pass
      }
      try await setting.withGateway(through: relay, rules: rules) {
        let quiet = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab quiet")
        _ = try await setting.sandbox.nextPost { $0.message == "quiet" }
        try await setting.ask("@edgecrab failing")
        try await wait(for: "two signs to fail") { relay.calls("POST /api/v4/reactions").count == 2 }
        let loud = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab loud")
        try await setting.bears(["white_check_mark"], on: loud)
        try await setting.bears([], on: quiet)
        #expect(!relay.calls("POST /api/v4/reactions").contains { $0.body.contains(quiet) })
      }
    }
  }
}
