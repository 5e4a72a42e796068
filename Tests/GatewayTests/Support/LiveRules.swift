import ConfigLoader
import Core
import Foundation
import Gateway
import RuleEngine
import Sandbox
import TestSupport

/// A rules file that a gateway on a sandbox watches.
struct LiveRules: Sendable {
  let folder: TemporaryFolder
  let path: String
  /// The messages on the gateway's terminal.
  let messages = AsyncQueue<ReloadMessage>()
  private let requests = AsyncStream.makeStream(of: Void.self)

  init(_ yaml: String) throws {
    folder = try TemporaryFolder()
    path = try folder.write(yaml, to: "rules.yaml")
  }

  /// Replaces the file at once: a gateway could read a file that is written in place half-written.
  func write(_ yaml: String) throws {
    let draft = try folder.write(yaml, to: "rules.yaml~")
    guard rename(draft, path) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
  }

  /// Requests a load, as a signal does.
  func ask() { requests.continuation.yield() }

  /// Returns the next message on the terminal.
  func nextMessage() async throws -> String {
    let message = try await messages.next("a message about the rules")
    return message.report + message.lines.joined(separator: "\n")
  }

  /// Loads the file as a gateway does.
  func load() throws(RulesRejection) -> ValidatedRules {
    let loaded: LoadedRules
    do throws(RulesFileError) {
      loaded = try RulesFile.load(path: path, environment: [:], now: 0)
    } catch {
      throw RulesRejection(path, unreadable: "\(error)")
    }
    return try ValidatedRules(loaded)
  }

  /// The gateway's source of rules: the file, loaded by `load`.
  func source(_ load: @escaping @Sendable () throws(RulesRejection) -> ValidatedRules) -> RulesSource {
    RulesSource(
      watcher: FileWatcher(path), requests: requests.stream, lastGood: LastGoodRules(home: folder.url.path), load: load,
      show: { [messages] in messages($0) })
  }

  /// Runs `body` beside a gateway under these rules.
  func withGateway(
    on sandbox: SandboxServer, isConnected: Bool = true, rejection: RulesRejection? = nil, first: ValidatedRules? = nil,
    listen: ListenAddress? = nil, source: RulesSource? = nil,
    observe: @escaping @Sendable (Event, Decision) async -> Void = { _, _ in },
    _ body: (StartReport) async throws -> Void
  ) async throws {
    var settings = GatewaySettings(
      address: try WebAddress(sandbox.url), token: Secret(sandbox.botToken), rules: try first ?? load(),
      rejection: rejection, source: source ?? self.source(load), listen: listen,
      home: folder.url.path)
    settings.intervals = .prompt
    try await GatewayTests.withGateway(settings, observe: observe) { report in
      if isConnected { try await sandbox.waitForConnection(within: patience) }
      try await body(report)
    }
  }
}

extension SandboxServer {
  /// Posts as alice in `dev` and returns the bot's next post there.
  func ask(_ text: String) async throws -> String {
    let question = try await post(as: "alice", in: "dev", text)
    return try await nextPost(after: question, within: patience) { $0.author == "edgecrab" }.message
  }
}

/// Rules that answer every mention with a fixed text, and commands.
func sayingRules(_ text: String, rule: String = "talk") -> String {
  """
  version: 1
  agents: { echo: { type: echo } }
  commands: { bind: { help: { action: help }, status: { action: status } } }
  rules:
    - { name: commands, when: { trigger: command }, agent: echo }
    - { name: \(rule), when: { trigger: [mention, dm] }, say: "\(text)" }
  """
}
