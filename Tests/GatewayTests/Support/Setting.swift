import ConfigLoader
import Core
import FoundationEssentials
import Gateway
import Journal
import Sandbox
import TestSupport

/// A sandbox for a gateway, with a folder that outlives restarts within one test.
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

  var storePath: String { folder.path("edgecrab.sqlite") }

  /// Runs `body` beside a gateway, and ends the gateway as a signal would.
  ///
  /// - Parameters:
  ///   - isConnected: Whether to wait for the event socket first.
  ///   - beforeRun: Called after the start, before the gateway runs.
  func withGateway(
    rules: String? = nil, pingInterval: Duration? = nil, intervals: Intervals = .prompt,
    onUnauthorized: UnauthorizedPolicy = .exit, isConnected: Bool = true, beforeRun: () async throws -> Void = {},
    _ body: () async throws -> Void
  ) async throws {
    let settings = try settings(
      rules: rules, pingInterval: pingInterval, intervals: intervals, onUnauthorized: onUnauthorized)
    try await GatewayTests.withGateway(settings, beforeRun: beforeRun) { _ in
      if isConnected { try await sandbox.waitForConnection(within: patience) }
      try await body()
    }
  }

  /// Returns the settings of a gateway in this setting.
  func settings(
    rules: String? = nil, pingInterval: Duration? = nil, intervals: Intervals = .prompt,
    onUnauthorized: UnauthorizedPolicy = .exit
  ) throws -> GatewaySettings {
    let loaded =
      rules.map { RulesFile.load(text: $0, file: "rules.yaml", environment: [:], now: 0) }
      ?? RulesFile.builtIn(environment: [:], now: 0)
    var settings = GatewaySettings(
      address: try WebAddress(sandbox.url), token: Secret(sandbox.botToken), rules: try ValidatedRules(loaded),
      onUnauthorized: onUnauthorized, pingInterval: pingInterval, home: folder.url.path,
      journalPath: folder.path("journal.sqlite"))
    settings.intervals = intervals
    return settings
  }

  /// Returns the lines of the journal.
  func recorded() throws -> [EventLine] {
    var lines: [EventLine] = []
    try JournalFile(reading: folder.path("journal.sqlite")).forEachBatch { lines += $0.map(\.line) }
    return lines
  }

  /// Runs `body` beside a gateway that reaches the sandbox through `relay`.
  func withGateway(
    through relay: InterceptingProxy, rules: String? = nil, intervals: Intervals = .prompt,
    _ body: () async throws -> Void
  ) async throws {
    try await GatewayTests.withGateway(
      on: relay.url, token: sandbox.botToken, rules: rules, folder: folder, intervals: intervals
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

  /// Waits until the bot has posted a text at least so many times in `dev`.
  func hasSaid(_ text: String, times: Int) async throws {
    try await wait(for: "the bot to say `\(text)` \(times) times") { try await said().count { $0 == text } >= times }
  }

  /// Waits until a post in `dev` has exactly these reactions.
  func bears(_ names: [String], on post: String) async throws {
    try await wait(for: "the post to bear \(names)") {
      try await sandbox.posts(in: "dev").first { $0.id == post }?.reactions == names
    }
  }

  /// Returns the bot's posts in a channel.
  func said(in channel: String = "dev", as user: String = "alice") async throws -> [String] {
    try await sandbox.posts(in: channel, as: user).filter { $0.author == "edgecrab" }.map(\.message)
  }
}

/// Returns rules with one agent on a chat endpoint, for mentions, direct messages and commands.
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

/// The notice that one message waits.
let waitsNotice = "I am busy; your message is waiting and will be answered in turn."

extension Intervals {
  /// With little time until is shown that an answer takes long.
  static var prompt: Intervals {
    var intervals = Intervals()
    intervals.progress = .milliseconds(100)
    return intervals
  }

  /// With so much time for answers that none takes long.
  static var patient: Intervals {
    var intervals = Intervals()
    intervals.progress = .seconds(3_600)
    return intervals
  }

  /// As short as tests need them.
  static var short: Intervals {
    var intervals = prompt
    intervals.audit = .milliseconds(100)
    intervals.grace = .milliseconds(300)
    intervals.tokenCheck = .milliseconds(100)
    intervals.deliveryPauseFirst = .milliseconds(5)
    intervals.deliveryPauseMax = .milliseconds(50)
    return intervals
  }

  /// With an early notice that messages wait.
  static var earlyWaitNotice: Intervals {
    var intervals = prompt
    intervals.waitNotice = .milliseconds(100)
    return intervals
  }
}
