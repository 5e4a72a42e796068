import Sandbox
import TestSupport
import Testing

/// The REST calls that the gateway makes, and the ones that it does not.
@Suite(.timeLimit(.minutes(1))) struct CallCountTests {
  /// Returns the calls that `body` causes, by method and path.
  private func calls(of relay: InterceptingProxy, during body: () async throws -> Void) async throws -> [String] {
    let before = relay.calls("").count
    try await body()
    return relay.calls("").dropFirst(before).map { String($0.target.prefix { $0 != "?" }) }
  }

  @Test(arguments: [false, true])
  func `an answer that comes soon takes one call, also in a thread`(streams: Bool) async throws {
    let endpoint = try ChatServer([.head(), .word("one "), .word("two"), .finish, .done])
    let rules = chatRules(endpoint.url, more: "    reply: { stream: \(streams) }")
    try await Setting.with { setting in
      let relay = try InterceptingProxy(before: setting.sandbox.url) { _, _ in .pass }
      try await setting.withGateway(through: relay, rules: rules, intervals: .patient) {
        // Each author is looked up once.
        for user in ["alice", "bob"] { try await setting.ask("@edgecrab hi", as: user) }
        let inChannel = try await calls(of: relay) { try await setting.ask("@edgecrab again") }
        #expect(inChannel == ["POST /api/v4/posts"])
        let root = try await setting.sandbox.post(as: "bob", in: "dev", "What do you think?")
        try await setting.sandbox.post(as: "bob", in: "dev", "Please answer.", root: root)
        for _ in 1...3 { _ = try await endpoint.request() }
        let inThread = try await calls(of: relay) {
          for question in ["@edgecrab well?", "@edgecrab sure?"] { try await setting.ask(question, root: root) }
        }
        #expect(inThread == ["POST /api/v4/posts", "POST /api/v4/posts"])
        let body = try await endpoint.request().body
        #expect(body.contains("bob: What do you think?") && body.contains("bob: Please answer."), "\(body)")
      }
    }
  }

  @Test func `a thread is read again from the server if its beginning was not received, or a part of it was changed`()
    async throws
  {
    let endpoint = try ChatServer([.head(), .word("ok"), .finish, .done])
    try await Setting.with { setting in
      let sandbox = setting.sandbox
      let old = try await sandbox.post(as: "bob", in: "dev", "An old question.")
      let relay = try InterceptingProxy(before: sandbox.url) { _, _ in .pass }
      try await setting.withGateway(through: relay, rules: chatRules(endpoint.url), intervals: .patient) {
        for user in ["alice", "bob"] { try await setting.ask("@edgecrab hi", as: user) }
        for _ in 1...2 { _ = try await endpoint.request() }
        let ofOld = try await calls(of: relay) { try await setting.ask("@edgecrab well?", root: old) }
        #expect(ofOld == ["GET /api/v4/posts/\(old)/thread", "POST /api/v4/posts"])
        #expect(try await endpoint.request().body.contains("An old question."))
        let root = try await sandbox.post(as: "bob", in: "dev", "A new question.")
        let reply = try await sandbox.post(as: "bob", in: "dev", "Never mind.", root: root)
        try await sandbox.edit(root, as: "bob", to: "A better question.")
        try await sandbox.delete(reply, as: "bob")
        let ofNew = try await calls(of: relay) { try await setting.ask("@edgecrab well?", root: root) }
        #expect(ofNew == ["POST /api/v4/posts"])
        let body = try await endpoint.request().body
        #expect(body.contains("A better question.") && !body.contains("Never mind."), "\(body)")
      }
    }
  }

  @Test func `a first start reads no channel`() async throws {
    try await Setting.with(rooms: 100) { setting in
      for number in 1...100 { try await setting.sandbox.post(as: "alice", in: "room-\(number)", "hello") }
      // The gateway knows the server's time by whole seconds.
      setting.sandbox.advanceClock(by: .seconds(2))
      let relay = try InterceptingProxy(before: setting.sandbox.url) { _, _ in .pass }
      try await setting.withGateway(through: relay, intervals: .patient) {
        try await setting.ask("@edgecrab hi")
        // But for the question's, which may come before the gateway reads what it missed while it started.
        let channel = try await setting.sandbox.channelID("dev")
        let calls = relay.calls("").map(\.target).filter { !$0.contains("/channels/\(channel)/") }
        #expect(!calls.contains { $0.contains("/channels/") }, "\(calls)")
        // With the answer, and its author's account.
        #expect(calls.count <= 10, "\(calls)")
      }
    }
  }

  @Test func `a burst of messages is answered whole, and no word is said about the queue`() async throws {
    try await Setting.with(people: 20, rooms: 10) { setting in
      try await setting.withGateway {
        try await withThrowingTaskGroup { group in
          for person in 1...20 {
            group.addTask {
              for room in 1...10 {
                try await setting.sandbox.post(
                  as: "person-\(person)", in: "room-\(room)", "@edgecrab \(person) in \(room)")
              }
            }
          }
          try await group.waitForAll()
        }
        for room in 1...10 {
          let expected = (1...20).map { "\($0) in \(room)" }
          try await wait(for: "the answers in room \(room)") {
            try await setting.said(in: "room-\(room)").count >= expected.count
          }
          #expect(try await setting.said(in: "room-\(room)").sorted() == expected.sorted())
        }
      }
    }
  }
}
