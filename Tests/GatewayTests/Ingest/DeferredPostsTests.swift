import ConfigLoader
import Core
import Foundation
import Sandbox
import Synchronization
import TestSupport
import Testing
import Transport

@testable import Gateway
@testable import Sessions

/// Posts that are left to other gateways of the same store.
@Suite(.timeLimit(.minutes(1))) struct DeferredPostsTests {
  private static let rules = """
    version: 1
    agents: { echo: { type: echo } }
    rules:
      - { name: edits, when: { edited: true, text: changed }, say: "I saw that." }
      - { name: all, when: { trigger: [mention, dm] }, agent: echo, session: channel }
    """

  /// So long that no post becomes due within a test.
  private static let never = Duration.seconds(3_600)

  /// Runs `body` beside a gateway that leaves each post to others for some time.
  private func withGateway(
    _ setting: Setting, delay: Duration, rules: String = rules, intervals: Intervals = .prompt,
    through relay: InterceptingProxy? = nil, _ body: (SharedStore) async throws -> Void
  ) async throws {
    let shared = Mutex<SharedStore?>(nil)
    var settings = try setting.settings(rules: rules, intervals: intervals)
    if let relay { settings.address = try WebAddress(relay.url) }
    settings.storeWrapper = { inner in
      shared.withLock { shared in
        let store = SharedStore(inner, delay: delay)
        shared = store
        return store
      }
    }
    try await GatewayTests.withGateway(settings) { _ in
      try await setting.sandbox.waitForConnection(within: patience)
      let store = shared.withLock { $0 }
      try await body(try #require(store))
    }
  }

  @Test func `a post that no other gateway claims is answered once, when its time is over`() async throws {
    try await Setting.with { setting in
      for word in ["one", "two"] {
        try await withGateway(setting, delay: .milliseconds(300)) { store in
          let start = ContinuousClock.now
          let answer = try await setting.ask("@edgecrab \(word)")
          #expect(answer.message == word)
          #expect(ContinuousClock.now - start >= .milliseconds(300))
          // It is not asked for what is not deferred, nor again.
          #expect(store.looks == 1)
        }
      }
      #expect(try await setting.said() == ["one", "two"])
      let recorded = try setting.recorded()
      #expect(recorded.count == 2)
    }
  }

  @Test func `a post that another gateway claims is not answered, and posts for no one are not deferred`() async throws
  {
    try await Setting.with { setting in
      var posts: [String] = []
      try await withGateway(setting, delay: .seconds(1)) { store in
        posts.append(try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab theirs"))
        store.claimElsewhere(Claim(text: posts[0]))
        posts.append(try await setting.sandbox.post(as: "alice", in: "dev", "chatter"))
        #expect(try await setting.ask("@edgecrab ours").message == "ours")
      }
      #expect(try await setting.said() == ["ours"])
      let recorded = try setting.recorded().map(\.event.post.rawValue)
      #expect(recorded.count == 2 && recorded[0] == posts[1])
    }
  }

  @Test func `what becomes of a post while it is deferred counts`() async throws {
    try await Setting.with { setting in
      let sandbox = setting.sandbox
      try await withGateway(setting, delay: Self.never) { store in
        var posts: [String] = []
        for word in ["gone", "tow", "three"] {
          posts.append(try await sandbox.post(as: "alice", in: "dev", "@edgecrab \(word)"))
        }
        try await sandbox.delete(posts[0], as: "alice")
        try await sandbox.edit(posts[1], as: "alice", to: "@edgecrab two, changed")
        try await sandbox.edit(posts[2], as: "alice", to: "three, changed")
        // Deletions and edits come before this.
        try await sandbox.post(as: "alice", in: "dev", "@edgecrab four")
        store.use(delay: .zero)
        try await setting.hasSaid("four", times: 1)
      }
      #expect(try await setting.said() == ["two, changed", "four"])
    }
  }

  @Test func `posts of a conversation are answered in their order when it becomes this gateway's`() async throws {
    try await Setting.with { setting in
      try await withGateway(setting, delay: .seconds(2)) { store in
        for word in ["one", "two"] { try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab \(word)") }
        store.use(delay: .zero)
        try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab three")
        try await setting.hasSaid("three", times: 1)
      }
      #expect(try await setting.said() == ["one", "two", "three"])
    }
  }

  @Test func `claims that cannot be looked up are looked up again`() async throws {
    try await Setting.with { setting in
      try await withGateway(setting, delay: .milliseconds(100)) { store in
        store.failLooks(true)
        try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab hi")
        try await wait(for: "the claim to be looked up") { store.looks > 0 }
        store.failLooks(false)
        try await setting.hasSaid("hi", times: 1)
      }
      #expect(try await setting.said() == ["hi"])
    }
  }

  @Test func `no cursor moves past a deferred post, so that it is read again after the end`() async throws {
    var intervals = Intervals.prompt
    intervals.sharedCursors = .milliseconds(20)
    try await Setting.with { setting in
      let sandbox = setting.sandbox
      let channel = ChannelID(try await sandbox.channelID("dev"))
      try await withGateway(setting, delay: Self.never, intervals: intervals) { store in
        func cursor() async throws -> PostID? { try await store.cursors()[channel]?.post }
        let before = try await sandbox.post(as: "alice", in: "dev", "chatter")
        try await wait(for: "the cursor to move") { try await cursor()?.rawValue == before }
        try await sandbox.post(as: "alice", in: "dev", "@edgecrab hi")
        try await sandbox.post(as: "alice", in: "dev", "chatter")
        // Some rounds.
        try await Task.sleep(for: .milliseconds(500))
        #expect(try await cursor()?.rawValue == before)
      }
      #expect(try await setting.said().isEmpty)
      try await withGateway(setting, delay: .zero) { _ in try await setting.hasSaid("hi", times: 1) }
      #expect(try await setting.said() == ["hi"])
    }
  }

  /// Rules with a limit for each user.
  private static func rules(perUser limit: String) -> String {
    """
    version: 1
    agents: { echo: { type: echo } }
    rules:
      - { name: all, when: { trigger: mention }, agent: echo, limit: { per_user: \(limit) } }
    """
  }

  @Test func `a limit counts each post once, also those that other gateways claim`() async throws {
    let rules = Self.rules(perUser: "2/min")
    try await Setting.with { setting in
      try await withGateway(setting, delay: .seconds(1), rules: rules) { store in
        let post = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab 1")
        store.claimElsewhere(Claim(text: post))
        #expect(try await setting.ask("@edgecrab 2").message == "2")
        #expect(try await setting.ask("@edgecrab 3").message.hasPrefix("That is more than the rules allow."))
        #expect(try await setting.ask("@edgecrab 4", as: "bob").message == "4")
      }
      #expect(try await setting.said().count == 3)
    }
  }

  @Test func `a limit counts a deferred post once whose claim another gateway hands over`() async throws {
    let rules = Self.rules(perUser: "2/min")
    try await Setting.with { setting in
      try await withGateway(setting, delay: Self.never, rules: rules) { store in
        let post = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab 1")
        try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab 2")
        store.handOver(Takeover(posts: [.claimed(Claim(text: post))]))
        try await setting.hasSaid("1", times: 1)
        store.use(delay: .zero)
        try await setting.hasSaid("2", times: 1)
      }
      #expect(try await setting.said() == ["1", "2"])
    }
  }

  @Test func `a limit counts a post once that another gateway claimed and left when it ended`() async throws {
    let rules = Self.rules(perUser: "1/min")
    try await Setting.with { setting in
      try await withGateway(setting, delay: .milliseconds(300), rules: rules) { store in
        let post = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab 1")
        store.claimElsewhere(Claim(text: post))
        let looks = store.looks
        try await wait(for: "the claim to be seen") { store.looks > looks }
        store.handOver(Takeover(posts: [.claimed(Claim(text: post))]))
        try await setting.hasSaid("1", times: 1)
      }
      #expect(try await setting.said() == ["1"])
    }
  }

  @Test func `a post that is handed over before the server knows it is waited for`() async throws {
    try await Setting.with { setting in
      let relay = try InterceptingProxy(before: setting.sandbox.url) { call, before in
        call.target.hasPrefix("GET /api/v4/posts/") && before < 2 ? .answer("404 Not Found") : .pass
      }
      try await withGateway(setting, delay: Self.never, through: relay) { store in
        let post = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab soon")
        store.handOver(Takeover(posts: [.claimed(Claim(text: post))]))
        try await setting.hasSaid("soon", times: 1)
      }
      #expect(try await setting.said() == ["soon"])
    }
  }

  @Test func `a post whose author cannot be looked up is not claimed, and is read again`() async throws {
    let isOut = Mutex(false)
    try await Setting.with { setting in
      let relay = try InterceptingProxy(before: setting.sandbox.url) { call, _ in
        isOut.withLock { $0 } && call.target.hasPrefix("POST /api/v4/users/ids") ? .answer("500 Oops") : .pass
      }
      try await withGateway(setting, delay: .milliseconds(300), through: relay) { store in
        isOut.withLock { $0 = true }
        let post = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab hi")
        try await Task.sleep(for: .milliseconds(600))
        #expect(try await store.claimed([Claim(text: post)]).isEmpty)
        isOut.withLock { $0 = false }
        try await setting.hasSaid("hi", times: 1)
      }
      #expect(try await setting.said() == ["hi"])
    }
  }

  @Test func `the edit of a message that waits for another gateway is that one's`() async throws {
    try await Setting.with { setting in
      try await withGateway(setting, delay: .seconds(1)) { store in
        let post = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab theirs")
        let claim = Claim(text: post)
        store.claimElsewhere(claim)
        store.waitElsewhere(
          PendingMessage(
            claim: claim, session: "channel:c", payload: "", at: .now, isAnswered: false, isElsewhere: true))
        try await wait(for: "the post to be dropped") { store.looks > 0 }
        try await setting.sandbox.edit(post, as: "alice", to: "@edgecrab theirs, changed")
        store.use(delay: .zero)
        #expect(try await setting.ask("@edgecrab ours").message == "ours")
      }
      #expect(try await setting.said() == ["ours"])
    }
  }

  @Test func `posts that may answer a permission request of another gateway are left to it for a second`()
    async throws
  {
    try await Setting.with { setting in
      let sandbox = setting.sandbox
      try await withGateway(setting, delay: .zero) { store in
        let root = try await sandbox.post(as: "alice", in: "dev", "chatter")
        let request = try await sandbox.post(
          as: "edgecrab", in: "dev", "May I?", root: root,
          props: ["edgecrab": "p-asks-1-0", "edgecrab_instance": "shared"])
        let answer = try await sandbox.post(as: "alice", in: "dev", "@edgecrab yes", root: root)
        store.claimElsewhere(Claim(text: answer))
        let start = ContinuousClock.now
        try await setting.ask("@edgecrab what is it?", root: root)
        #expect(ContinuousClock.now - start >= .seconds(1))
        // Its edit shows that it is over.
        try await sandbox.edit(request, as: "edgecrab", to: "May I? No one has answered.")
        let looks = store.looks
        try await setting.ask("@edgecrab and now?", root: root)
        #expect(store.looks == looks)
      }
      #expect(try await setting.said() == ["May I? No one has answered.", "what is it?", "and now?"])
    }
  }

  @Test func `no post is processed while the gateway takes over`() async throws {
    try await Setting.with { setting in
      try await withGateway(setting, delay: Self.never) { store in
        let post = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab theirs")
        store.use(delay: .zero)
        let pause = SharedStore.TestPause()
        store.handOver(Takeover(posts: [.claimed(Claim(text: post))]), with: pause)
        await pause.begun.sleep(for: patience)
        try await setting.sandbox.post(as: "bob", in: "town-square", "@edgecrab ours")
        try await Task.sleep(for: .milliseconds(400))
        #expect(try await setting.said(in: "town-square").isEmpty)
        #expect(try await setting.said().isEmpty)
        pause.end.wake()
        try await setting.hasSaid("theirs", times: 1)
        try await wait(for: "the later post to be answered") {
          try await setting.said(in: "town-square") == ["ours"]
        }
      }
      #expect(try await setting.said() == ["theirs"])
    }
  }

  @Test func `other gateways are told of the connection and of the bot's own posts`() async throws {
    try await Setting.with { setting in
      var last: SharedStore?
      try await withGateway(setting, delay: .zero) { store in
        try await wait(for: "the gateway to be ready") { store.readiness.last == true }
        try await setting.ask("@edgecrab hi")
        try await wait(for: "the bot's post to be seen") { !store.ownThreads.isEmpty }
        last = store
      }
      #expect(last?.readiness.last == false)
    }
  }

  @Test func `changed rules are put in force for other gateways, and unchanged ones are not`() async throws {
    let shared = Mutex<SharedStore?>(nil)
    try await Setting.with { setting in
      let rules = try LiveRules(sayingRules("one"))
      var settings = try setting.settings()
      settings.rules = try rules.load()
      settings.source = rules.source(rules.load)
      settings.storeWrapper = { inner in
        let store = SharedStore(inner, delay: .zero)
        shared.withLock { $0 = store }
        return store
      }
      try await GatewayTests.withGateway(settings) { _ in
        let opened = shared.withLock { $0 }
        let store = try #require(opened)
        try await setting.sandbox.waitForConnection(within: patience)
        rules.ask()
        _ = try await rules.nextMessage()
        #expect(store.announcedRules.isEmpty)
        try rules.write(sayingRules("two"))
        _ = try await rules.nextMessage()
        #expect(store.announcedRules == [try rules.load().fingerprint])
      }
    }
  }
}
