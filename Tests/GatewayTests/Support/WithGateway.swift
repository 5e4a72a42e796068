import ConfigLoader
import Core
import FoundationEssentials
import Gateway
import Logging
import RuleEngine
import TestSupport
import Testing

/// Runs `body` beside a gateway on a server, and ends the gateway as a signal would.
///
/// - Parameters:
///   - rules: The rules; `nil` uses the built-in ones.
///   - folder: The folder of the store.
func withGateway(
  on address: String, token: String = "TOKEN_BOT", rules yaml: String? = nil, folder: TemporaryFolder,
  pingInterval: Duration? = nil, intervals: Intervals = .prompt,
  observe: @escaping @Sendable (Event, Decision) async -> Void = { _, _ in }, _ body: () async throws -> Void
) async throws {
  let loaded =
    yaml.map { RulesFile.load(text: $0, file: "rules.yaml", environment: [:], now: 0) }
    ?? RulesFile.builtIn(environment: [:], now: 0)
  var settings = GatewaySettings(
    address: try WebAddress(address), token: Secret(token), rules: try ValidatedRules(loaded),
    pingInterval: pingInterval, home: folder.url.path, journalPath: folder.path("journal.sqlite"))
  settings.intervals = intervals
  try await withGateway(settings, observe: observe) { _ in try await body() }
}

/// Runs `body` with a gateway's start report.
func withGateway(
  _ settings: GatewaySettings, beforeRun: () async throws -> Void = {},
  observe: @escaping @Sendable (Event, Decision) async -> Void = { _, _ in },
  _ body: (StartReport) async throws -> Void
) async throws {
  let gateway = try await Gateway.start(settings, logger: .silent, observe: observe)
  try await beforeRun()
  let running = Task { try await gateway.run() }
  do {
    try await body(gateway.report)
  } catch {
    running.cancel()
    try await running.value
    throw error
  }
  running.cancel()
  try await running.value
}
