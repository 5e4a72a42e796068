import AgentSessions
import MattermostIO
import Sandbox
import TestSupport
import Testing
import Transport
import Vocabulary

@testable import Gateway

/// Where a reply goes when it cannot go where it was meant to.
@Suite(.timeLimit(.minutes(1))) struct DeliveryTests {
  private func withPoster(_ body: (SandboxServer, Poster) async throws -> Void) async throws {
    let folder = try TemporaryFolder()
    try await withSandbox { sandbox in
      let client = MattermostClient(
        address: try WebAddress(sandbox.url), token: Secret(sandbox.botToken), http: HTTPClient(logger: .silent),
        logger: .silent)
      let store = try SessionStore(path: folder.path("edgecrab.sqlite"), logger: .silent)
      let bot = BotIdentity(id: try sandbox.userID("edgecrab"), name: "edgecrab")
      try await body(
        sandbox, Poster(client: client, bot: bot, store: store, lanes: Lanes(capacity: 10), logger: .silent))
    }
  }

  /// What is not the root of a thread in the channel, and so cannot be answered under.
  enum Wrong: CaseIterable { case reply, deleted, elsewhere, unknown }

  @Test(arguments: Wrong.allCases)
  func `a thread that cannot be answered in is looked up`(wrong: Wrong) async throws {
    try await withPoster { sandbox, poster in
      let root = try await sandbox.post(as: "alice", in: "dev", "root")
      let named: String
      switch wrong {
      case .reply: named = try await sandbox.post(as: "alice", in: "dev", "reply", root: root)
      case .deleted:
        named = try await sandbox.post(as: "alice", in: "dev", "gone")
        try await sandbox.delete(named, as: "alice")
      case .elsewhere: named = try await sandbox.post(as: "alice", in: "town-square", "elsewhere")
      case .unknown: named = "aaaaaaaaaaaaaaaaaaaaaaaaaa"
      }
      var target = ReplyTarget(channel: try await sandbox.channelID("dev"))
      target.root = named
      for number in 0..<2 {
        // As from before a restart, it is looked for first.
        let reply = Reply(id: "r\(number)", text: "answer \(number)", isResumed: number == 1)
        #expect(await poster.deliver(reply, to: target, in: .own) == .posted)
        let posted = try await sandbox.nextPost { $0.message == reply.text }
        #expect(posted.rootID == (wrong == .reply ? root : nil))
      }
    }
  }

  @Test func `a text cut in the middle of its code rings nobody either`() async throws {
    try await withPoster { _, poster in
      var target = ReplyTarget(channel: "c")
      target.maxLength = 200
      let text = "`" + String(repeating: "@all ", count: 200) + "`"
      let parts = poster.parts(of: text, to: target, in: .agent)
      #expect(parts.allSatisfy { MentionGrammar.mention(of: "nobody", in: $0) == .none })
      #expect(parts.allSatisfy { $0.unicodeScalars.count <= 200 })
      #expect(parts.joined().replacing("\u{2060}", with: "").filter { $0 == "@" }.count == 200)
      #expect(poster.parts(of: "@all", to: target, in: .own) == ["@all"])
    }
  }

  @Test func `who asked where nothing can be posted any more is told so, once, and only they`() async throws {
    let gate = Turnstile()
    let endpoint = try ChatServer([.head(), .wait(gate), .word("an answer"), .finish, .done])
    try await Setting.with { setting in
      let notice =
        "I have something to tell you, but Mattermost does not let me post it in ~dev "
        + "(You do not have the appropriate permissions)."
      try await setting.withGateway(rules: chatRules(endpoint.url)) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab hi")
        _ = try await endpoint.request()
        try await setting.sandbox.remove("edgecrab", from: "dev")
        gate.open()
        try await wait(for: "alice to be told") { try await setting.said(in: "@edgecrab") == [notice] }
      }
      try await setting.sandbox.add("edgecrab", to: "dev")
      for _ in 0..<2 { gate.open() }
      try await setting.withGateway(rules: chatRules(endpoint.url)) {
        let next = try await setting.ask("@edgecrab again")
        #expect(next.message == "an answer")
        #expect(try await setting.said() == ["an answer"])
        #expect(try await setting.said(in: "@edgecrab") == [notice])
      }
    }
  }

  @Test func `a server that takes too many calls for a while is answered when it takes them again`() async throws {
    try await Setting.with { setting in
      let relay = try Relay(before: setting.sandbox.url) { call, before in
        call.target == "POST /api/v4/posts" && before < 2
          ? .answer("429 Too Many", headers: ["Retry-After: 1", "X-Ratelimit-Remaining: 0"], body: "limit exceeded\n")
          : .pass
      }
      try await setting.withGateway(through: relay) {
        try await setting.ask("@edgecrab one")
        try await setting.ask("@edgecrab two")
        #expect(try await setting.said() == ["one", "two"])
        #expect(relay.calls("POST /api/v4/posts").count == 4)
      }
    }
  }
}
