import Gateway
import Sandbox
import Synchronization
import TestSupport
import Testing

/// Authors are known by their accounts, not by what a post says.
@Suite struct AccountTests {
  private static let rules = """
    version: 1
    intake: { bots: 3/min }
    agents: { echo: { type: echo } }
    rules:
      - { name: bots, when: { author: bot, trigger: mention }, say: "Hello, bot." }
      - { name: people, when: { trigger: mention }, agent: echo, reply: { mention_sender: true } }
    """
  private static let lookUp = "POST /api/v4/users/ids"

  @Test(.timeLimit(.minutes(1)))
  func `a bot's post counts as a bot's after an update that drops its props`()
    async throws
  {
    try await Setting.with { setting in
      let sandbox = setting.sandbox
      try await setting.withGateway(rules: Self.rules) {
        for number in 1...5 {
          let post = try await sandbox.post(as: "otherbot", in: "dev", "thinking...")
          try await sandbox.update(post, as: "otherbot", to: "@edgecrab answer \(number)")
        }
        try await setting.hasSaid("Hello, bot.", times: 3)
        #expect(try await setting.ask("@edgecrab hi").message == "@alice hi")
      }
      #expect(try await setting.said() == Array(repeating: "Hello, bot.", count: 3) + ["@alice hi"])
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a bot's post that is edited while the gateway is stopped counts as a bot's`()
    async throws
  {
    try await Setting.with { setting in
      let sandbox = setting.sandbox
      try await setting.withGateway(rules: Self.rules) { try await setting.ask("@edgecrab hi") }
      let post = try await sandbox.post(as: "otherbot", in: "dev", "thinking...")
      try await sandbox.update(post, as: "otherbot", to: "@edgecrab here is my answer")
      try await setting.withGateway(rules: Self.rules) { try await setting.hasSaid("Hello, bot.", times: 1) }
      #expect(try await setting.said() == ["@alice hi", "Hello, bot."])
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `accounts are looked up once, in batches, and only for posts that can matter`() async throws {
    let gate = TestGate()
    try await Setting.with { setting in
      let sandbox = setting.sandbox
      let relay = try InterceptingProxy(before: sandbox.url) { call, before in
        call.target == Self.lookUp && before == 0 ? .hold(gate) : .pass
      }
      try await setting.withGateway(through: relay, rules: Self.rules) {
        for name in ["alice", "bob", "carol.o-brien"] { try await sandbox.post(as: name, in: "dev", "lunch?") }
        try await sandbox.post(as: "alice", in: "dev", "@edgecrab one")
        try await wait(for: "the look-up") { relay.calls(Self.lookUp).count == 1 }
        for name in ["bob", "carol.o-brien", "alice", "mallory"] {
          try await sandbox.post(as: name, in: "dev", "@edgecrab two")
        }
        gate.open()
        try await wait(for: "the answers") { try await setting.said().count == 5 }
        for name in ["alice", "mallory"] { try await setting.ask("@edgecrab three", as: name) }
      }
      #expect(
        try await setting.said().filter { !$0.hasSuffix("three") }.sorted() == [
          "@alice one", "@alice two", "@bob two", "@carol.o-brien two", "@mallory two",
        ])
      let asked = relay.calls(Self.lookUp).map { $0.body.split(separator: ",").count }
      #expect(asked.reduce(0, +) == 4 && asked.count <= 3, "\(asked)")
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a post whose author cannot be looked up waits, delays no other, and is answered once, also after a restart`()
    async throws
  {
    let isDown = Mutex(false)
    try await Setting.with { setting in
      let sandbox = setting.sandbox
      let relay = try InterceptingProxy(before: sandbox.url) { call, _ in
        call.target == Self.lookUp && isDown.withLock { $0 } ? .answer("503 Oops") : .pass
      }
      func turn(down: Bool) { isDown.withLock { $0 = down } }
      try await setting.withGateway(through: relay, rules: Self.rules) {
        try await setting.ask("@edgecrab known", as: "bob")
        turn(down: true)
        try await sandbox.post(as: "alice", in: "dev", "@edgecrab first")
        let deleted = try await sandbox.post(as: "carol.o-brien", in: "dev", "@edgecrab deleted")
        try await sandbox.delete(deleted, as: "carol.o-brien")
        #expect(try await setting.ask("@edgecrab others", as: "bob").message == "@bob others")
        turn(down: false)
        try await setting.hasSaid("@alice first", times: 1)
        turn(down: true)
        let before = relay.calls(Self.lookUp).count
        try await sandbox.post(as: "mallory", in: "dev", "@edgecrab over a restart")
        // Not by the answer to bob: a pass of the backfill may have begun meanwhile, which looks up all accounts again.
        try await wait(for: "the look-up") { relay.calls(Self.lookUp).count > before }
      }
      try await setting.withGateway(through: relay, rules: Self.rules) {
        turn(down: false)
        try await setting.hasSaid("@mallory over a restart", times: 1)
        try await setting.ask("@edgecrab last", as: "mallory")
      }
      #expect(
        try await setting.said() == [
          "@bob known", "@bob others", "@alice first", "@mallory over a restart", "@mallory last",
        ])
    }
  }

  @Test(.timeLimit(.minutes(1))) func `a renamed user is mentioned by the new name`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway(rules: Self.rules) {
        #expect(try await setting.ask("@edgecrab hi", as: "bob").message == "@bob hi")
        try await setting.sandbox.rename(user: "bob", to: "robert")
        #expect(try await setting.ask("@edgecrab hi", as: "bob").message == "@robert hi")
      }
    }
  }
}
