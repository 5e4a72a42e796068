import Core
import FoundationEssentials
import Sandbox
import Sessions
import TestSupport
import Testing

/// Posts that a killed gateway had claimed.
@Suite struct UnfinishedPostsTests {
  private static let rules = """
    version: 1
    agents: { echo: { type: echo } }
    rules:
      - { name: edits, when: { edited: true, text: changed }, say: "I saw that." }
      - { name: all, when: { trigger: [mention, dm] }, agent: echo }
    """

  @Test(.timeLimit(.minutes(1))) func `a post that was only claimed is answered once`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway(rules: Self.rules) { try await setting.ask("@edgecrab first") }
      let post = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab claimed")
      let gone = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab gone")
      let store = try SQLiteStore(path: setting.storePath, logger: .silent)
      for claim in [post, gone].map(Claim.init(text:)) {
        #expect(try await store.claim(claim, of: .channel("c"), at: .now) == .new)
      }
      await store.close()
      try await setting.sandbox.delete(gone, as: "alice")
      for word in ["second", "third"] {
        try await setting.withGateway(rules: Self.rules) {
          try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab \(word)")
          try await setting.hasSaid(word, times: 1)
        }
      }
      #expect(try await setting.said() == ["first", "claimed", "second", "third"])
      let after = try SQLiteStore(path: setting.storePath, logger: .silent)
      #expect(
        try await !after.unfinished().contains {
          [.claimed(Claim(text: post)), .claimed(Claim(text: gone))].contains($0)
        })
    }
  }

  @Test(.timeLimit(.minutes(1))) func `a claimed post that can never be read delays no other`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway(rules: Self.rules) {}
      let stuck = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab stuck")
      let good = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab good")
      let store = try SQLiteStore(path: setting.storePath, logger: .silent)
      for claim in [stuck, good].map(Claim.init(text:)) {
        #expect(try await store.claim(claim, of: .channel("c"), at: .now) == .new)
      }
      await store.close()
      let relay = try InterceptingProxy(before: setting.sandbox.url) { call, _ in
        call.target == "GET /api/v4/posts/\(stuck)" ? .answer("500 Oops") : .pass
      }
      try await setting.withGateway(through: relay, rules: Self.rules) { try await setting.hasSaid("good", times: 1) }
      #expect(try await setting.said() == ["good"])
    }
  }

  @Test(.timeLimit(.minutes(1))) func `a claimed edit is answered once, as the edit that it was`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway(rules: Self.rules) {}
      let post = try await setting.sandbox.post(as: "alice", in: "dev", "written")
      try await setting.sandbox.edit(post, as: "alice", to: "changed")
      let store = try SQLiteStore(path: setting.storePath, logger: .silent)
      let claim = Claim(post: PostID(post), editedAt: 1_795_351_716_242)
      #expect(try await store.claim(claim, of: .channel("c"), at: .now) == .new)
      await store.close()
      for _ in 1...2 {
        try await setting.withGateway(rules: Self.rules) { try await setting.hasSaid("I saw that.", times: 1) }
      }
      #expect(try await setting.said() == ["I saw that."])
    }
  }

  @Test(.timeLimit(.minutes(1))) func `a message that is deleted while it waits is not answered`() async throws {
    let gate = TestGate()
    let endpoint = try ChatServer([.head(), .wait(gate), .word("done"), .finish, .done])
    try await Setting.with { setting in
      try await setting.withGateway(rules: chatRules(endpoint.url), intervals: .earlyWaitNotice) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab one")
        #expect(try await endpoint.request().body.contains("one"))
        let second = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab two")
        _ = try await setting.sandbox.nextPost { $0.message == waitsNotice }
        try await setting.sandbox.delete(second, as: "alice")
        _ = try await setting.sandbox.post(as: "bob", in: "dev", "@edgecrab three")
        gate.open()
        #expect(try await endpoint.request().body.contains("three"))
        gate.open()
        try await setting.hasSaid("done", times: 2)
      }
      #expect(try await setting.said().count { $0 == "done" } == 2)
    }
  }

  @Test(.timeLimit(.minutes(1))) func `a message that is deleted while the gateway is stopped is not answered`()
    async throws
  {
    let gate = TestGate()
    let endpoint = try ChatServer([.head(), .wait(gate), .word("done"), .finish, .done])
    try await Setting.with { setting in
      var second = ""
      try await setting.withGateway(rules: chatRules(endpoint.url), intervals: .earlyWaitNotice) {
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab one")
        #expect(try await endpoint.request().body.contains("one"))
        second = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab two")
        _ = try await setting.sandbox.nextPost { $0.message == waitsNotice }
      }
      try await setting.sandbox.delete(second, as: "alice")
      for _ in 1...3 { gate.open() }
      try await setting.withGateway(rules: chatRules(endpoint.url)) {
        try await setting.sandbox.post(as: "bob", in: "dev", "@edgecrab three")
        #expect(try await endpoint.request().body.contains("one"))
        #expect(try await endpoint.request().body.contains("three"))
        try await setting.hasSaid("done", times: 2)
      }
    }
  }
}
