import ConfigLoader
import Core
package import Logging
import MattermostIO
package import RuleEngine
import ServerLookup
import Transport

/// Checks everything that the gateway needs to answer. It only reads: it posts nothing and writes no file.
package struct Doctor: Sendable {
  let input: DiagnosticInput
  let logger: Logger

  package init(_ input: DiagnosticInput, logger: Logger) {
    self.input = input
    self.logger = logger
  }

  /// Runs all checks; a failed one skips only those that depend on it.
  package func examine() async -> DoctorReport {
    async let agents = agentChecks()
    let (server, bot) = await serverChecks()
    let store = await storeChecks(of: bot)
    return DoctorReport(
      settingsChecks() + dataChecks() + store + rulesChecks() + accessChecks() + (await agents) + server)
  }

  /// Runs the checks that depend on the address and the token alone. Settings are only reported if they have problems,
  /// and checks that could not be made are left out.
  package func examineConnection() async -> DoctorReport {
    let settings = input.problems.isEmpty ? [] : settingsChecks()
    let checks = settings + (await serverChecks(withNames: false).checks)
    return DoctorReport(checks.filter { $0.state != .unchecked })
  }

  /// Runs the checks of agents alone.
  package func examine(_ agents: [AgentDefinition]) async -> DoctorReport { DoctorReport(await checks(of: agents)) }

  /// Returns the checks, and the bot's account if the server has told it.
  private func serverChecks(withNames: Bool = true) async -> (checks: [DoctorCheck], bot: UserID?) {
    guard let address = input.address else {
      return (Self.unchecked(Self.connectionIDs + Self.accountIDs, DoctorTexts.noAddress), nil)
    }
    let client = MattermostClient(
      address: address, token: input.token ?? Secret(""),
      http: HTTPClient(logger: logger, certificate: input.certificate), logger: logger)
    let probe = await client.probe()
    var checks = connectionChecks(probe, address)
    guard probe.error == nil else { return (checks + Self.unchecked(Self.accountIDs, DoctorTexts.noServer), nil) }
    guard let token = input.token else { return (checks + Self.unchecked(Self.accountIDs, DoctorTexts.noToken), nil) }

    let account = await accountChecks(client)
    checks += account.checks
    checks += await socketChecks(address, token, isTokenValid: account.record != nil)
    let memberships = await membershipChecks(client, of: account.record)
    checks += memberships.checks
    if withNames { checks += await nameChecks(client, memberships.context) }
    return (checks, account.record?.id)
  }

  private static func unchecked(_ ids: [DoctorCheck.ID], _ reason: String) -> [DoctorCheck] {
    ids.map { .unchecked($0, reason) }
  }

  private static let connectionIDs: [DoctorCheck.ID] = [.address, .proxy, .dns, .tcp, .tls, .rest, .clock]
  private static let accountIDs: [DoctorCheck.ID] = [
    .token, .account, .websocket, .greeting, .teams, .channels, .posting, .names,
  ]
}
