import Sandbox
import TestSupport

/// A sandbox with a gateway on it, whose store outlives restarts within one test.
struct Setting: Sendable {
  let sandbox: SandboxServer
  private let folder: TemporaryFolder

  /// Runs `body` in a new setting.
  static func with(_ body: (Setting) async throws -> Void) async throws {
    let folder = try TemporaryFolder()
    try await withSandbox { try await body(Setting(sandbox: $0, folder: folder)) }
  }

  /// Runs `body` beside a connected gateway, and ends the gateway as a signal would.
  func withGateway(rules: String? = nil, _ body: () async throws -> Void) async throws {
    try await GatewayTests.withGateway(on: sandbox.url, token: sandbox.botToken, rules: rules, folder: folder) {
      try await sandbox.waitForConnection(within: patience)
      try await body()
    }
  }

  /// Runs `body` beside a gateway that reaches the sandbox through `relay`.
  func withGateway(through relay: Relay, rules: String? = nil, _ body: () async throws -> Void) async throws {
    try await GatewayTests.withGateway(on: relay.url, token: sandbox.botToken, rules: rules, folder: folder) {
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
