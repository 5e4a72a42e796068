import ConfigLoader
import Core
import Gateway
import Journal
import Sandbox
import TestSupport

/// A sandbox with a gateway on it, whose store outlives restarts within one test.
struct Setting: Sendable {
  let sandbox: SandboxServer
  private let folder: TemporaryFolder

  /// Runs `body` in a new setting.
  static func with(
    people: Int = 0, rooms: Int = 0, clockAhead: Duration = .zero, _ body: (Setting) async throws -> Void
  ) async throws {
    let folder = try TemporaryFolder()
    try await withSandbox(people: people, rooms: rooms, clockAhead: clockAhead) {
      try await body(Setting(sandbox: $0, folder: folder))
    }
  }

  /// Where the gateway's store is.
  var storePath: String { folder.path("edgecrab.sqlite") }

  /// Runs `body` beside a gateway, and ends the gateway as a signal would.
  ///
  /// - Parameters:
  ///   - isConnected: whether to wait for its event socket first.
  ///   - beforeRun: is called when it has started and does not listen yet.
  func withGateway(
    rules: String? = nil, pingInterval: Duration? = nil, rhythm: Intervals = Intervals(),
    onUnauthorized: UnauthorizedPolicy = .exit, isConnected: Bool = true, beforeRun: () async throws -> Void = {},
    _ body: () async throws -> Void
  ) async throws {
    let settings = try settings(
      rules: rules, pingInterval: pingInterval, rhythm: rhythm, onUnauthorized: onUnauthorized)
    try await GatewayTests.withGateway(settings, beforeRun: beforeRun) { _ in
      if isConnected { try await sandbox.waitForConnection(within: patience) }
      try await body()
    }
  }

  /// What a gateway in this setting is started with.
  func settings(
    rules: String? = nil, pingInterval: Duration? = nil, rhythm: Intervals = Intervals(),
    onUnauthorized: UnauthorizedPolicy = .exit
  ) throws -> GatewaySettings {
    let loaded =
      rules.map { RulesFile.load(text: $0, file: "rules.yaml", environment: [:], now: 0) }
      ?? RulesFile.builtIn(environment: [:], now: 0)
    var settings = GatewaySettings(
      address: try WebAddress(sandbox.url), token: Secret(sandbox.botToken), rules: try ValidatedRules(loaded),
      onUnauthorized: onUnauthorized, pingInterval: pingInterval, storePath: storePath,
      journalPath: folder.path("journal.sqlite"))
    settings.rhythm = rhythm
    return settings
  }

  /// What the journal has, in its order.
  func recorded() throws -> [EventLine] {
    var lines: [EventLine] = []
    try JournalFile(reading: folder.path("journal.sqlite")).forEachBatch { lines += $0.map(\.line) }
    return lines
  }

  /// Runs `body` beside a gateway that reaches the sandbox through `relay`.
  func withGateway(
    through relay: InterceptingProxy, rules: String? = nil, rhythm: Intervals = Intervals(),
    _ body: () async throws -> Void
  ) async throws {
    try await GatewayTests.withGateway(
      on: relay.url, token: sandbox.botToken, rules: rules, folder: folder, rhythm: rhythm
    ) {
      try await sandbox.waitForConnection(within: patience)
      try await body()
    }
  }

  /// Posts as `user` and returns the bot's next post there.
  @discardableResult
  func ask(_ text: String, as user: String = "alice", in channel: String = "dev", root: String? = nil) async throws
    -> SandboxPost
  {
    let question = try await sandbox.post(as: user, in: channel, text, root: root)
    return try await sandbox.nextPost(after: question, within: patience) { $0.author == "edgecrab" }
  }

  /// Waits until the bot has said something so many times in `dev`.
  func hasSaid(_ text: String, times: Int) async throws {
    try await wait(for: "the bot to say `\(text)` \(times) times") { try await said().count { $0 == text } >= times }
  }

  /// Waits until a post in `dev` bears these emojis and no others.
  func bears(_ names: [String], on post: String) async throws {
    try await wait(for: "the post to bear \(names)") {
      try await sandbox.posts(in: "dev").first { $0.id == post }?.reactions == names
    }
  }

  /// What the bot has said in a channel.
  func said(in channel: String = "dev", as user: String = "alice") async throws -> [String] {
    try await sandbox.posts(in: channel, as: user).filter { $0.author == "edgecrab" }.map(\.message)
  }
}

/// Rules with one agent on a chat endpoint for everything that mentions the bot or is said to it directly.
func chatRules(_ url: String, more: String = "") -> String {
  """
  version: 1
  agents:
    coder: { type: openai, base_url: "\(url)", model: test }
  commands:
    bind:
      new: { action: new }
      stop: { action: stop }
      retry: { action: retry }
      status: { action: status }
      usage: { action: usage }
  rules:
    - name: everything
      when: { trigger: [mention, dm, command] }
      agent: coder
      session: channel
  \(more)
  """
}

/// What somebody is told of whose messages one waits, and nothing comes for a while.
let waitsNotice = "I am busy; your message waits, and is answered when its turn comes."

extension Intervals {
  /// One in which what happens by itself happens at once.
  static var hasty: Intervals {
    var rhythm = Intervals()
    rhythm.audit = .milliseconds(100)
    rhythm.grace = .milliseconds(300)
    rhythm.tokenCheck = .milliseconds(100)
    rhythm.deliveryPauseFirst = .milliseconds(5)
    rhythm.deliveryPauseMax = .milliseconds(50)
    return rhythm
  }

  /// One in which people are told soon that they wait.
  static var telling: Intervals {
    var rhythm = Intervals()
    rhythm.waitNotice = .milliseconds(100)
    return rhythm
  }
}
