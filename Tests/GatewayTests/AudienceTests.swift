import Agents
import Gateway
import Sandbox
import Sessions
import TestSupport
import Testing

/// An answer never goes to more people than its question.
@Suite(.timeLimit(.minutes(1))) struct AudienceTests {
  private static let posts = "POST /api/v4/posts"

  /// The answers of a server about a root that is gone (recording `post_bad_root`, and what it answers for the post
  /// itself). No event tells of it: the gateway was away.
  private func goneRoot(before sandbox: SandboxServer, gone: Flag) throws -> InterceptingProxy {
    let refused = try Recording("post_bad_root")
    return try InterceptingProxy(before: sandbox.url) { call, _ in
      guard gone.value else { return .pass }
      switch call.target {
      case Self.posts where call.body.contains("root_id"):
        return .answer("400 Bad Request", body: refused.body)
      case let target where target.hasPrefix("PUT /api/v4/posts/") || target.hasPrefix("GET /api/v4/posts/"):
        return .answer("404 Not Found", body: #"{"id":"app.post.get.app_error","message":"Unable to get the post."}"#)
      default: return .pass
      }
    }
  }

  private func rules(_ endpoint: ChatServer, streams: Bool) -> String {
    """
    version: 1
    agents: { coder: { type: openai, base_url: "\(endpoint.url)", model: test } }
    rules:
      - { name: say, when: { text: { equals: ping } }, say: "pong", reply: { to: thread } }
      - { name: all, when: { trigger: mention }, agent: coder, session: thread, reply: { stream: \(streams), max_length: 200 } }
    """
  }

  private let gone = "The thread in ~dev that this answers is gone, so I send it to you here:"

  @Test(arguments: [true, false])
  func `an answer whose thread is gone goes completely to its asker alone, streamed or not`(streams: Bool) async throws
  {
    let (gate, long) = (TestGate(), String(repeating: "x", count: 150))
    let endpoint = try ChatServer([
      .head(), .word("Hello"), .wait(gate), .word(#"\n\n\#(long)\n\n@all bye"#), .finish, .done,
    ])
    try await Setting.with { setting in
      let isGone = Flag(!streams)
      let relay = try goneRoot(before: setting.sandbox, gone: isGone)
      try await setting.withGateway(through: relay, rules: rules(endpoint, streams: streams), intervals: .short) {
        let question = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab hi")
        if streams { try await setting.hasSaid("Hello", times: 1) }
        isGone.value = true
        gate.open()
        try await wait(for: "alice to have the answer") { try await setting.said(in: "@edgecrab").count >= 2 }
        let inDev = try await setting.sandbox.posts(in: "dev").filter { $0.author == "edgecrab" }
        #expect(inDev.map(\.rootID) == (streams ? [question] : []))
      }
      let told = try await setting.said(in: "@edgecrab").joined()
      let wanted = [gone, "Hello", long, "@\u{2060}all bye"].joined()
      #expect(told.filter { !$0.isWhitespace } == wanted.filter { !$0.isWhitespace })
      #expect(try await setting.said(in: "dev").allSatisfy { $0 == "Hello" })
    }
  }

  @Test func `edgecrab's own replies go to their asker alone too, and those to a program to no one`() async throws {
    let endpoint = try ChatServer([.head("500 Oops")])
    try await Setting.with { setting in
      let relay = try goneRoot(before: setting.sandbox, gone: Flag(true))
      let others = "author: [human, bot], text: { equals: ping }"
      let rules = rules(endpoint, streams: false).replacing("text: { equals: ping }", with: others)
      try await setting.withGateway(through: relay, rules: rules, intervals: .short) {
        _ = try await setting.sandbox.post(as: "otherbot", in: "dev", "ping")
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "ping")
        _ = try await setting.sandbox.post(as: "bob", in: "dev", "@edgecrab hi")
        try await wait(for: "alice to be told") { try await setting.said(in: "@edgecrab") == [gone + "\n\npong"] }
        try await wait(for: "bob to be told") {
          let told = try await setting.said(in: "@edgecrab", as: "bob")
          return told.count == 1 && told[0].hasPrefix(gone + "\n\nThe agent `coder`")
        }
        try await wait(for: "the program's answer to end") { relay.calls("GET /api/v4/posts/").count >= 3 }
      }
      #expect(try await setting.said().isEmpty)
      #expect(try await setting.sandbox.messages(of: "edgecrab").count == 2)
    }
  }

  @Test func `an answer in a channel where the bot may not post goes to its asker alone`() async throws {
    let gate = TestGate()
    let endpoint = try ChatServer([.head(), .wait(gate), .word("Hello"), .finish, .done])
    try await Setting.with { setting in
      let told =
        "Mattermost does not let me post this in ~dev (You do not have the appropriate permissions), "
        + "so I send it to you here:\n\nHello"
      try await setting.withGateway(rules: rules(endpoint, streams: false), intervals: .short) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab hi")
        _ = try await endpoint.request()
        try await setting.sandbox.moderate("dev")
        gate.open()
        try await wait(for: "alice to have it") { try await setting.said(in: "@edgecrab") == [told] }
        try await setting.sandbox.moderate("dev", false)
        #expect(try await setting.ask("ping", as: "bob").message == "pong")
      }
      #expect(try await setting.said() == ["pong"])
    }
  }

  /// Answers to reading the root that say nothing about it.
  @Test(arguments: ["500 Oops", "403 Forbidden"])
  func `an answer whose root cannot be looked up waits for its thread`(status: String) async throws {
    let endpoint = try ChatServer([.head(), .word("Hello"), .finish, .done])
    let refused = try Recording("post_bad_root")
    try await Setting.with { setting in
      let relay = try InterceptingProxy(before: setting.sandbox.url) { call, before in
        if call.target == Self.posts, before < 2 { return .answer("400 Bad Request", body: refused.body) }
        guard call.target.hasPrefix("GET /api/v4/posts/"), before < 2 else { return .pass }
        return .answer(status, body: #"{"id":"api.context.permissions.app_error","message":"No."}"#)
      }
      try await setting.withGateway(through: relay, rules: rules(endpoint, streams: false), intervals: .short) {
        let question = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab hi")
        try await setting.hasSaid("Hello", times: 1)
        #expect(try await setting.sandbox.nextPost(after: question) { $0.author == "edgecrab" }.rootID == question)
      }
      #expect(try await setting.said(in: "@edgecrab").isEmpty)
    }
  }

  @Test func `a direct message to the asker survives the end of the gateway and is sent once`() async throws {
    let endpoint = try ChatServer([.head(), .word("Hello"), .finish, .done])
    let refused = try Recording("post_bad_root")
    try await Setting.with { setting in
      // The direct channel cannot be opened.
      let isAsked = Flag(false)
      let relay = try InterceptingProxy(before: setting.sandbox.url) { call, _ in
        if call.target == Self.posts, call.body.contains("root_id") {
          return .answer("400 Bad Request", body: refused.body)
        }
        if call.target.hasPrefix("GET /api/v4/posts/") {
          return .answer("404 Not Found", body: #"{"id":"app.post.get.app_error","message":"Gone."}"#)
        }
        guard call.target == "POST /api/v4/channels/direct" else { return .pass }
        isAsked.value = true
        return .answer("500 Oops")
      }
      try await setting.withGateway(through: relay, rules: rules(endpoint, streams: false), intervals: .short) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab hi")
        try await wait(for: "the direct channel to be asked for") { isAsked.value }
      }
      for _ in 0..<2 {
        try await setting.withGateway(rules: rules(endpoint, streams: false), intervals: .short) {
          try await wait(for: "alice to have it") { try await !setting.said(in: "@edgecrab").isEmpty }
          #expect(try await setting.ask("ping").message == "pong")
        }
      }
      #expect(try await setting.said(in: "@edgecrab") == [gone + "\n\nHello"])
      #expect(try await setting.said() == ["pong", "pong"])
    }
  }
}
