import Foundation
import Gateway
import Sandbox
import TestSupport
import Testing

/// The bounds of concurrent turns, over all conversations.
@Suite struct TurnBoundsTests {
  /// Rules under which each message is a conversation of its own, with an endpoint that takes its time.
  private func rules(_ url: String, turns: String) -> String {
    """
    version: 1
    turns: \(turns)
    agents: { coder: { type: openai, base_url: "\(url)", model: test } }
    commands: { bind: { stop: { action: stop }, status: { action: status } } }
    rules:
      - { name: all, when: { trigger: [mention, command] }, agent: coder, session: thread }
    """
  }

  /// Answers with `done`, each time that the gate is opened once.
  private static func steps(_ gate: TestGate) -> [ChatServer.Step] {
    [.head(), .wait(gate), .word("done"), .finish, .done]
  }

  @Test(.timeLimit(.minutes(1)))
  func `one user's flood leaves slots for another, and all messages are answered once`() async throws {
    let gate = TestGate()
    let endpoint = try ChatServer(Self.steps(gate))
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules(endpoint.url, turns: "{ max: 3, per_user: 2 }")) {
        for number in 1...20 { try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab flood \(number).") }
        for _ in 1...2 { #expect(try await endpoint.request().body.contains("flood")) }
        try await setting.sandbox.post(as: "bob", in: "dev", "@edgecrab quick question")
        #expect(try await endpoint.request().body.contains("quick question"))
        for _ in 1...21 { gate.open() }
        for _ in 1...18 { #expect(try await endpoint.request().body.contains("flood")) }
        try await setting.hasSaid("done", times: 21)
      }
      #expect(try await setting.said().count { $0 == "done" } == 21)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a message that waits for a slot does not run, and can be stopped and deleted`() async throws {
    let gate = TestGate()
    let endpoint = try ChatServer(Self.steps(gate))
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules(endpoint.url, turns: "{ max: 1 }")) {
        let first = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab first")
        #expect(try await endpoint.request().body.contains("first"))
        let second = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab second")
        let third = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab third")
        let fourth = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab fourth")
        try await setting.bears(["eyes"], on: fourth)
        let status = try await setting.ask("!status", root: second).message
        #expect(status.contains("| Running | nothing |"), "\(status)")
        #expect(status.contains("| Waiting | 1; the next one starts when one of 1 answer elsewhere"), "\(status)")
        #expect(try await setting.ask("!status", root: first).message.contains("| Waiting | 0 |"))
        #expect(try await setting.ask("!stop", root: second).message == "Dropped 1 waiting message.")
        try await setting.sandbox.delete(third, as: "alice")
        #expect(try await setting.ask("!status", root: fourth).message.contains("| Waiting | 1;"))
        gate.open()
        #expect(try await endpoint.request().body.contains("fourth"))
        gate.open()
        try await setting.hasSaid("done", times: 2)
      }
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a message that waits for a slot is answered after a restart, and as soon as newer rules have one`() async throws
  {
    let gate = TestGate()
    let endpoint = try ChatServer(Self.steps(gate))
    let live = try LiveRules(rules(endpoint.url, turns: "{ max: 1 }"))
    try await withSandbox { sandbox in
      try await live.withGateway(on: sandbox) { _ in
        for number in 1...3 { try await sandbox.post(as: "alice", in: "dev", "@edgecrab question \(number).") }
        _ = try await endpoint.request()
        try await wait(for: "all to be taken in") { try await sandbox.posts(in: "dev").filter(\.isSeen).count == 3 }
      }
      for _ in 1...4 { gate.open() }
      try await live.withGateway(on: sandbox) { _ in
        for _ in 1...3 { _ = try await endpoint.request() }
        try await wait(for: "all answers") { try await sandbox.posts(in: "dev").count { $0.message == "done" } == 3 }
        try await sandbox.post(as: "alice", in: "dev", "@edgecrab more")
        try await sandbox.post(as: "alice", in: "dev", "@edgecrab and more")
        _ = try await endpoint.request()
        try live.write(rules(endpoint.url, turns: "{ max: 2, per_user: 2 }"))
        #expect(try await live.nextMessage().contains("turns changed"))
        _ = try await endpoint.request()
        for _ in 1...2 { gate.open() }
        try await wait(for: "all answers") { try await sandbox.posts(in: "dev").count { $0.message == "done" } == 5 }
      }
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a user who waits long is told once, and no one is told while there is progress`() async throws {
    let gate = TestGate()
    let endpoint = try ChatServer(Self.steps(gate))
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules(endpoint.url, turns: "{ max: 1 }"), intervals: .earlyWaitNotice) {
        for number in 1...30 { try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab question \(number).") }
        _ = try await setting.sandbox.nextPost(within: patience) { $0.message.contains("I am busy") }
        for _ in 1...30 {
          _ = try await endpoint.request()
          gate.open()
        }
        try await setting.hasSaid("done", times: 30)
        #expect(try await setting.said().count { $0.contains("I am busy") } == 1)
        // A user who waits again is told again, after it was seen that nothing of theirs waits any more: that is so when
        // another user, who began to wait later, is told.
        for word in ["one", "two"] { try await setting.sandbox.post(as: "bob", in: "dev", "@edgecrab \(word)") }
        try await wait(for: "word to bob") { try await setting.said().count { $0.contains("I am busy") } == 2 }
        try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab again")
        try await wait(for: "word to alice") { try await setting.said().count { $0.contains("I am busy") } == 3 }
        for _ in 1...3 { gate.open() }
        try await setting.hasSaid("done", times: 33)
      }
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `an agent that answers one message at a time delays no other agent`() async throws {
    let gate = TestGate()
    let endpoint = try ChatServer(Self.steps(gate))
    let rules = """
      version: 1
      turns: { max: 2 }
      agents:
        slow: { type: openai, base_url: "\(endpoint.url)", model: test, concurrency: 1 }
        echo: { type: echo }
      rules:
        - { name: slow, when: { trigger: mention, text: { contains: slow } }, agent: slow, session: thread }
        - { name: quick, when: { trigger: mention }, agent: echo, session: thread }
      """
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules) {
        try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab slow one")
        _ = try await endpoint.request()
        for user in ["bob", "mallory"] { try await setting.sandbox.post(as: user, in: "dev", "@edgecrab slow \(user)") }
        #expect(try await setting.ask("@edgecrab quick", as: "carol.o-brien").message == "quick")
        for _ in 1...3 { gate.open() }
        try await setting.hasSaid("done", times: 3)
      }
    }
  }
}

extension SandboxPost {
  fileprivate var isSeen: Bool { author == "alice" && reactions == ["eyes"] }
}
