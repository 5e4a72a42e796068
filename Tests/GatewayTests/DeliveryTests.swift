import Agents
import Core
import MattermostIO
import Sandbox
import Sessions
import TestSupport
import Testing
import Transport

@testable import Gateway

/// The delivery of replies that cannot be posted where they were meant to be.
@Suite(.timeLimit(.minutes(1))) struct DeliveryTests {
  /// A root that is not the root of a thread in its channel any more.
  enum Gone: CaseIterable { case deleted, elsewhere, unknown }

  @Test(arguments: Gone.allCases)
  func `an answer whose thread is gone goes to its asker alone, once`(gone: Gone) async throws {
    try await withOutbox { sandbox, outbox in
      let named: String
      switch gone {
      case .deleted:
        named = try await sandbox.post(as: "alice", in: "dev", "gone")
        try await sandbox.delete(named, as: "alice")
      case .elsewhere: named = try await sandbox.post(as: "alice", in: "town-square", "elsewhere")
      case .unknown: named = "aaaaaaaaaaaaaaaaaaaaaaaaaa"
      }
      var target = ReplyTarget(channel: ChannelID(try await sandbox.channelID("dev")))
      target.root = PostID(named)
      let secret = Reply(id: "for a program", text: "secret")
      #expect(await outbox.deliver(secret, to: target, by: .edgecrab).delivery == .refused)
      target.question = ReplyTarget.Question(
        post: PostID(named), milliseconds: 1, asker: UserID(try sandbox.userID("alice")), channelName: "dev")
      let told = "The thread in ~dev that this answers is gone, so I send it to you here:\n\n@\u{2060}all secret"
      for isResumed in [false, true] {
        // As from before a restart, it is looked for first.
        let reply = Reply(id: "r", text: "@all secret", isResumed: isResumed)
        #expect(await outbox.deliver(reply, to: target, by: .agent).delivery == .refused)
        try await wait(for: "alice to be told") {
          try await sandbox.posts(in: "@edgecrab").contains { $0.message == told }
        }
        await outbox.executor.drain()
      }
      #expect(try await sandbox.messages(of: "edgecrab") == [told])
      #expect(try await outbox.store.takeOver().replies.isEmpty)
    }
  }

  @Test func `an answer to a reply is posted in its thread`() async throws {
    try await withOutbox { sandbox, outbox in
      let root = try await sandbox.post(as: "alice", in: "dev", "root")
      var target = ReplyTarget(channel: ChannelID(try await sandbox.channelID("dev")))
      target.root = PostID(try await sandbox.post(as: "alice", in: "dev", "reply", root: root))
      for number in 0..<2 {
        let reply = Reply(id: ReplyID(text: "r\(number)"), text: "answer \(number)", isResumed: number == 1)
        #expect(await outbox.deliver(reply, to: target, by: .edgecrab).delivery.isPosted)
        let posted = try await sandbox.nextPost { $0.message == reply.text }
        #expect(posted.rootID == root)
      }
    }
  }

  @Test func `a text that is split within code mentions no one`() async throws {
    try await withOutbox { _, outbox in
      var target = ReplyTarget(channel: "c")
      target.maxLength = 200
      let text = "`" + String(repeating: "@all ", count: 200) + "`"
      let parts = outbox.split(text, to: target, by: .agent, partsMax: 100).posts
      #expect(parts.allSatisfy { MentionGrammar.mention(of: "nobody", in: $0) == .none })
      #expect(parts.allSatisfy { $0.unicodeScalars.count <= 200 })
      #expect(parts.joined().replacing("\u{2060}", with: "").filter { $0 == "@" }.count == 200)
      #expect(outbox.split("@all", to: target, by: .edgecrab).posts == ["@all"])
    }
  }

  @Test func `an asker is told once, and alone, that nothing can be posted in the channel`() async throws {
    let gate = TestGate()
    let endpoint = try ChatServer([.head(), .wait(gate), .word("an answer"), .finish, .done])
    try await Setting.with { setting in
      let notice =
        "Mattermost does not let me post this in ~dev (You do not have the appropriate permissions), "
        + "so I send it to you here:\n\nan answer"
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

  @Test func `a program that asked where nothing can be posted gets no direct message`() async throws {
    try await withOutbox { sandbox, outbox in
      try await sandbox.remove("edgecrab", from: "dev")
      let dev = try await sandbox.channelID("dev")
      for asker in [nil, UserID(try sandbox.userID("alice"))] {
        var target = ReplyTarget(channel: ChannelID(dev))
        target.question = ReplyTarget.Question(post: "p", milliseconds: 1, asker: asker, channelName: "dev")
        let reply = Reply(id: ReplyID(text: "to \(asker?.rawValue ?? "")"), text: "hi")
        #expect(await outbox.deliver(reply, to: target, by: .edgecrab).delivery == .refused)
      }
      try await wait(for: "alice to be told") { try await !sandbox.posts(in: "@edgecrab").isEmpty }
      await outbox.executor.drain()
      let told = try await sandbox.posts(in: "@edgecrab").filter { $0.author == "edgecrab" }
      #expect(told.map { $0.message.hasSuffix("hi") } == [true])
    }
  }

  /// Twelve parts, of which the last three are to be a file.
  private let long = "abcdefghijkl".map { String(repeating: $0, count: 150) }

  @Test func `a reply of more than ten posts continues in a file on the last one`() async throws {
    try await withOutbox { sandbox, outbox in
      var target = ReplyTarget(channel: ChannelID(try await sandbox.channelID("dev")))
      target.maxLength = 200
      let reply = Reply(id: "r", text: long.joined(separator: "\n\n"))
      #expect(await outbox.deliver(reply, to: target, by: .agent).delivery.isPosted)
      let posts = try await sandbox.posts(in: "dev").filter { $0.author == "edgecrab" }
      #expect(posts.map(\.message) == long.prefix(9) + ["(The rest is in the file.)"])
      #expect(posts.last?.files == ["rest.md": long.suffix(3).joined(separator: "\n\n")])
      #expect(posts.dropLast().allSatisfy { $0.files.isEmpty })
    }
  }

  @Test func `a long reply becomes posts alone if no file can be uploaded, also after a restart`() async throws {
    try await Setting.with { setting in
      let noFiles: @Sendable (ReceivedRequest) -> InterceptingProxy.Intervention? = { call in
        guard call.target.hasPrefix("POST /api/v4/files") else { return nil }
        return .answer(
          "501 Not Implemented", body: #"{"id":"api.file.attachments.disabled.app_error","message":"No."}"#)
      }
      // The twelfth part is not out when the gateway ends.
      let failing = try InterceptingProxy(before: setting.sandbox.url) { call, before in
        noFiles(call) ?? (call.target == "POST /api/v4/posts" && before >= 11 ? .answer("500 Oops") : .pass)
      }
      let rules = """
        version: 1
        agents: { echo: { type: echo } }
        rules:
          - { name: all, when: { trigger: mention }, agent: echo, reply: { max_length: 200 } }
        """
      try await setting.withGateway(through: failing, rules: rules) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab " + long.joined(separator: "\n\n"))
        try await wait(for: "the twelfth part") { failing.calls("POST /api/v4/posts").count >= 12 }
      }
      let relay = try InterceptingProxy(before: setting.sandbox.url) { call, _ in noFiles(call) ?? .pass }
      try await setting.withGateway(through: relay, rules: rules) {
        try await wait(for: "all parts") { try await setting.said().count >= 12 }
        try await setting.ask("@edgecrab last")
        #expect(try await setting.said() == long + ["last"])
      }
    }
  }

  @Test func `a post is never longer than the server accepts`() async throws {
    try await Setting.with { setting in
      let relay = try InterceptingProxy(before: setting.sandbox.url) { call, _ in
        call.target.hasPrefix("GET /api/v4/config/client") ? .answer("200 OK", body: #"{"MaxPostSize":"400"}"#) : .pass
      }
      try await setting.withGateway(through: relay) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab " + String(repeating: "x", count: 900))
        try await wait(for: "all parts") { try await setting.said().map(\.count) == [400, 400, 100] }
      }
    }
  }

  @Test func `a reply waits until the server accepts calls again`() async throws {
    try await Setting.with { setting in
      let relay = try InterceptingProxy(before: setting.sandbox.url) { call, before in
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
