import Agents
import Gateway
import Sandbox
import Sessions
import Synchronization
import TestSupport
import Testing

/// An answer that can never be posted ends, is reported, and delays no other reply.
@Suite(.timeLimit(.minutes(1))) struct UnpostableTests {
  private static let posts = "POST /api/v4/posts"

  /// A rule with an echo for each way in which an answer comes: at once, or growing.
  private func rules(_ endpoint: ChatServer, streams: Bool = false) -> String {
    """
    version: 1
    agents: { coder: { type: openai, base_url: "\(endpoint.url)", model: test } }
    rules: [{ name: all, when: { trigger: mention }, agent: coder, reply: { to: thread, stream: \(streams) } }]
    """
  }

  private let echo = """
    version: 1
    agents: { echo: { type: echo } }
    rules: [{ name: all, when: { trigger: mention }, agent: echo, reply: { to: thread, mention_sender: true } }]
    """

  private func notice(_ status: Int, why: String = "") -> String {
    "My answer cannot be posted: the server, or a filter in front of it, refuses it repeatedly\(why) (\(status)). "
      + "Ask in another way, or for less; the operator of this bot can find details in the log."
  }

  @Test(arguments: [true, false])
  func `control characters are removed before an answer is stored, streamed or posted`(streams: Bool) async throws {
    let gate = TestGate()
    let endpoint = try ChatServer([
      .head(), .word(#"a\u0000b\r\n\u001bc"#), .wait(gate), .word(#"\u0000 👩\u200d👧"#), .finish, .done,
    ])
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules(endpoint, streams: streams)) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab hi")
        if streams { try await setting.hasSaid("ab\nc", times: 1) }
        gate.open()
        try await setting.hasSaid("ab\nc 👩\u{200D}👧", times: 1)
      }
      #expect(try await setting.said() == ["ab\nc 👩\u{200D}👧"])
    }
  }

  @Test func `an answer with a control character is posted completely after a restart`() async throws {
    try await Setting.with { setting in
      let down = try InterceptingProxy(before: setting.sandbox.url) { call, _ in
        call.target == Self.posts ? .answer("502 Bad Gateway") : .pass
      }
      let endpoint = try ChatServer([.head(), .word(#"before\u0000after"#), .finish, .done])
      try await setting.withGateway(through: down, rules: rules(endpoint)) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab hi")
        try await wait(for: "the answer to be tried") { !down.calls(Self.posts).isEmpty }
      }
      try await setting.withGateway(rules: rules(endpoint)) {
        try await setting.hasSaid("beforeafter", times: 1)
      }
    }
  }

  @Test(arguments: [true, false])
  func `an invisible answer is no answer`(streams: Bool) async throws {
    let endpoint = try ChatServer([.head(), .word(#"\u200b\ufeff\u0000 \ufe0f\u2800"#), .finish, .done])
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules(endpoint, streams: streams)) {
        let answer = try await setting.ask("@edgecrab hi")
        #expect(answer.message.hasPrefix("The agent `coder` sent an empty answer."))
      }
      #expect(try await setting.said().count == 1)
    }
  }

  @Test(arguments: [(403, ""), (413, " as too large")])
  func `an answer that a filter refuses ends in its thread, and the next ones are posted`(
    status: Int, why: String
  ) async throws {
    try await Setting.with { setting in
      await setting.sandbox.misbehave(.filter("poison", status: status))
      try await setting.withGateway(rules: echo, intervals: .short) {
        let question = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab poison")
        _ = try await setting.sandbox.post(as: "bob", in: "dev", "@edgecrab food")
        try await setting.hasSaid("@bob food", times: 1)
        let told = try await setting.sandbox.posts(in: "dev").filter { $0.author == "edgecrab" }
        #expect(told.map(\.message) == ["@alice " + notice(status, why: why), "@bob food"])
        #expect(told.first?.rootID == question)
      }
      // The next gateway has nothing left to do about it.
      await setting.sandbox.misbehave(.noFilter)
      try await setting.withGateway(rules: echo) { try await setting.ask("@edgecrab last") }
      #expect(try await setting.said().count == 3)
    }
  }

  @Test func `a streamed answer that is refused ends too`() async throws {
    let gate = TestGate()
    let endpoint = try ChatServer([.head(), .word("Hello "), .wait(gate), .word("poison"), .finish, .done])
    try await Setting.with { setting in
      await setting.sandbox.misbehave(.filter("poison", status: 403))
      try await setting.withGateway(rules: rules(endpoint, streams: true), intervals: .short) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab hi")
        try await setting.hasSaid("Hello", times: 1)
        gate.open()
        try await setting.hasSaid(notice(403), times: 1)
      }
      #expect(try await setting.said() == ["Hello", notice(403)])
    }
  }

  @Test func `if the channel accepts nothing, the asker is told in a direct message`() async throws {
    try await Setting.with { setting in
      let dev = try await setting.sandbox.channelID("dev")
      await setting.sandbox.misbehave(.filter(dev, status: 403))
      try await setting.withGateway(rules: echo, intervals: .short) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab one")
        _ = try await setting.sandbox.post(as: "bob", in: "dev", "@edgecrab two")
        // Bob's turn comes when alice's is over.
        for name in ["alice", "bob"] {
          try await wait(for: "\(name) to be told") {
            try await setting.said(in: "@edgecrab", as: name) == [notice(403)]
          }
        }
      }
      await setting.sandbox.misbehave(.noFilter)
      try await setting.withGateway(rules: echo) {
        try await setting.ask("@edgecrab three", as: "carol.o-brien")
      }
      #expect(try await !setting.said().contains { $0.contains("one") })
      #expect(try await setting.said(in: "@edgecrab") == [notice(403)])
    }
  }

  @Test(arguments: ["403 Forbidden", "413 Too Large", "500 Oops", "502 Bad Gateway", "200 OK"])
  func `an answer waits as long as the server accepts nothing at all`(status: String) async throws {
    try await Setting.with { setting in
      let isDown = Flag(true)
      let relay = try InterceptingProxy(before: setting.sandbox.url) { call, _ in
        call.target == Self.posts && isDown.value ? .answer(status, body: "<html>We are back soon.</html>") : .pass
      }
      try await setting.withGateway(through: relay, rules: echo, intervals: .short) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab food")
        // Far more tries than for an answer that is at fault itself: each is followed by two notices.
        try await wait(for: "tries") { relay.calls(Self.posts).count >= 50 }
        isDown.value = false
        // A notice that was accepted first is removed.
        try await wait(for: "the answer alone") { try await setting.said() == ["@alice food"] }
        _ = try await setting.ask("@edgecrab last", as: "bob")
      }
      #expect(try await setting.sandbox.messages(of: "edgecrab").sorted() == ["@alice food", "@bob last"])
    }
  }

  @Test func `an answer that makes the server fail ends while others are accepted`() async throws {
    try await Setting.with { setting in
      let relay = try InterceptingProxy(before: setting.sandbox.url) { call, _ in
        guard call.target == Self.posts, call.body.contains("poison") else { return .pass }
        return .answer("500 Oops", body: #"{"id":"app.post.save.app_error","message":"Unable to save the Post."}"#)
      }
      try await setting.withGateway(through: relay, rules: echo, intervals: .short) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab poison")
        try await setting.hasSaid("@alice " + notice(500), times: 1)
        #expect(relay.calls(Self.posts).filter { $0.body.contains("poison") }.count >= 12)
        #expect(try await setting.ask("@edgecrab food", as: "bob").message == "@bob food")
      }
    }
  }

  @Test func `an answer that cannot be posted ends and is reported once, also over a restart`() async throws {
    try await Setting.with { setting in
      await setting.sandbox.misbehave(.filter("poison", status: 403))
      let slow = try InterceptingProxy(before: setting.sandbox.url) { call, before in
        // The notice is posted, and the gateway, which never gets the response, ends.
        call.target == Self.posts && call.body.contains("cannot be posted")
          ? .loseAnswer
          : call.target.contains("/thread") ? .answer("500 Oops") : .pass
      }
      try await setting.withGateway(through: slow, rules: echo, intervals: .short) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab poison")
        try await setting.hasSaid("@alice " + notice(403), times: 1)
      }
      try await setting.withGateway(rules: echo, intervals: .short) {
        let next = try await setting.ask("@edgecrab food", as: "bob")
        #expect(next.message == "@bob food")
      }
      #expect(try await setting.said() == ["@alice " + notice(403), "@bob food"])
    }
  }
}

/// A value that a test's server looks at.
final class Flag: Sendable {
  private let state: Mutex<Bool>

  init(_ value: Bool) { state = Mutex(value) }

  var value: Bool {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }
}
