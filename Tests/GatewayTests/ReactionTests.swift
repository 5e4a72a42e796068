import Core
import MattermostIO
import Sandbox
import Synchronization
import TestSupport
import Testing

@testable import Gateway

/// The emoji on a question that says how it is with the answer.
@Suite(.timeLimit(.minutes(1))) struct ReactionTests {
  private func echoRules(reactions: String) -> String {
    """
    version: 1
    agents: { echo: { type: echo } }
    rules:
      - { name: quiet, when: { trigger: mention, text: { contains: quiet } }, agent: echo, reply: { reactions: false } }
      - { name: all, when: { trigger: mention }, agent: echo, reply: { reactions: \(reactions) } }
    """
  }

  @Test(arguments: [("true", []), ("all", ["white_check_mark"])] as [(String, [String])])
  func `a question has one emoji while its answer takes long, and another afterwards if the rule says so`(
    value: String, afterwards: [String]
  ) async throws {
    let gate = TestGate()
    let endpoint = try ChatServer([.head(), .wait(gate), .word("done"), .finish, .done])
    let rules = chatRules(endpoint.url, more: "    reply: { reactions: \(value) }")
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules) {
        let question = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab hi")
        try await setting.bears(["eyes"], on: question)
        gate.open()
        try await setting.bears(afterwards, on: question)
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

  @Test func `a question that was not answered before a restart has no emoji after its answer`() async throws {
    let gate = TestGate()
    let endpoint = try ChatServer([.head(), .wait(gate), .word("done"), .finish, .done])
    try await Setting.with { setting in
      var question = ""
      try await setting.withGateway(rules: chatRules(endpoint.url)) {
        question = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab hi")
        try await setting.bears(["eyes"], on: question)
      }
      for _ in 0..<2 { gate.open() }
      try await setting.withGateway(rules: chatRules(endpoint.url), intervals: .patient) {
        try await setting.hasSaid("done", times: 1)
        try await setting.bears([], on: question)
      }
    }
  }

  @Test func `reactions can be switched off, and an answer is posted if they fail`() async throws {
    try await Setting.with { setting in
      let relay = try InterceptingProxy(before: setting.sandbox.url) { call, before in
        call.target == "POST /api/v4/reactions" && before < 1 ? .answer("403 Forbidden") : .pass
      }
      try await setting.withGateway(through: relay, rules: echoRules(reactions: "all"), intervals: .patient) {
        let quiet = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab quiet")
        _ = try await setting.sandbox.nextPost { $0.message == "quiet" }
        try await setting.ask("@edgecrab failing")
        try await wait(for: "a reaction to fail") { relay.calls("POST /api/v4/reactions").count == 1 }
        let loud = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab loud")
        try await setting.bears(["white_check_mark"], on: loud)
        try await setting.bears([], on: quiet)
        #expect(!relay.calls("POST /api/v4/reactions").contains { $0.body.contains(quiet) })
      }
    }
  }

  // MARK: By the clock

  /// Runs `body` with reactions whose clock the test advances, and the calls that they have made.
  private func withReactions(
    _ body: (SandboxServer, Reactions, ManualClock, _ calls: () async -> [String]) async throws -> Void
  ) async throws {
    let clock = ManualClock()
    let seen = SeenCalls()
    try await withOutbox({ call, _ in
      seen.add(call.target)
      return .pass
    }) { sandbox, outbox in
      let executor = KeyedSerialExecutor<String>(capacity: 10)
      let reactions = Reactions(
        client: outbox.posts.client, bot: outbox.posts.bot, executor: executor,
        progress: DelayQueue(delay: .seconds(2), clock: clock), logger: .silent)
      try await body(sandbox, reactions, clock) {
        await executor.drain()
        return seen.all
      }
    }
  }

  private func reactions(on post: String, _ sandbox: SandboxServer) async throws -> [String]? {
    try await sandbox.posts(in: "dev").first { $0.id == post }?.reactions
  }

  @Test func `an answer that comes within two seconds makes no call, whatever comes after`() async throws {
    try await withReactions { sandbox, reactions, clock, calls in
      let (soon, late) = (
        PostID(try await sandbox.post(as: "alice", in: "dev", "soon")),
        PostID(try await sandbox.post(as: "alice", in: "dev", "late"))
      )
      reactions.expect(soon, isResumed: false)
      _ = await clock.nextSleep()
      clock.advance(by: .milliseconds(1_900))
      reactions.end(soon)
      #expect(await calls().isEmpty)
      reactions.expect(late, isResumed: false)
      clock.advance(by: .milliseconds(100))
      _ = await clock.nextSleep()
      clock.advance(by: .milliseconds(1_900))
      try await wait(for: "the emoji") { try await self.reactions(on: late.rawValue, sandbox) == ["eyes"] }
      #expect(await calls() == ["POST /api/v4/reactions"])
      #expect(try await self.reactions(on: soon.rawValue, sandbox) == [])
      reactions.end(late, as: .failed)
      #expect(await calls().count == 3)
      #expect(try await self.reactions(on: late.rawValue, sandbox) == ["x"])
    }
  }

  @Test func `an emoji of an earlier gateway is taken off, also by an answer that comes soon`() async throws {
    try await withReactions { sandbox, reactions, _, calls in
      let post = PostID(try await sandbox.post(as: "alice", in: "dev", "hi"))
      try await sandbox.react(to: post.rawValue, as: "edgecrab", with: "eyes")
      reactions.expect(post, isResumed: true)
      reactions.end(post)
      #expect(await calls().count == 1)
      #expect(try await self.reactions(on: post.rawValue, sandbox) == [])
    }
  }
}

private final class SeenCalls: Sendable {
  private let targets = Mutex<[String]>([])

  var all: [String] { targets.withLock { $0 } }

  func add(_ target: String) { targets.withLock { $0.append(target) } }
}
