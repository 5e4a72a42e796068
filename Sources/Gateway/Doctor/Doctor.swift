import ConfigLoader
import Core
package import Logging
import MattermostIO
import Transport

/// Looks at everything that must be right for the gateway to answer. It reads, and changes nothing: nothing is posted
/// and no file is written.
package struct Doctor: Sendable {
  let patient: DiagnosticInput
  let logger: Logger

  /// A doctor for a gateway that would be started like this.
  package init(_ patient: DiagnosticInput, logger: Logger) {
    self.patient = patient
    self.logger = logger
  }

  /// Looks at one thing after the other, and goes on wherever that is possible.
  package func examine() async -> DoctorReport {
    async let agents = agentChecks()
    let server = await serverChecks()
    return DoctorReport(
      settingsChecks() + dataChecks() + rulesChecks() + accessChecks() + (await agents) + server)
  }

  private func serverChecks() async -> [DoctorCheck] {
    guard let address = patient.address else {
      return Self.unchecked(Self.ofConnection + Self.ofAccount, DoctorTexts.noAddress)
    }
    let client = MattermostClient(
      address: address, token: patient.token ?? Secret(""),
      http: HTTPClient(logger: logger, certificate: patient.certificate), logger: logger)
    let probe = await client.probe()
    var checks = connectionChecks(probe, address)
    guard probe.error == nil else { return checks + Self.unchecked(Self.ofAccount, DoctorTexts.noServer) }
    guard let token = patient.token else { return checks + Self.unchecked(Self.ofAccount, DoctorTexts.noToken) }

    let account = await accountChecks(client)
    checks += account.checks
    checks += await socketChecks(address, token, isTokenGood: account.record != nil)
    let place = await placeChecks(client, as: account.record)
    checks += place.checks
    checks += await nameChecks(client, place.around)
    return checks
  }

  private static func unchecked(_ ids: [DoctorCheck.ID], _ reason: String) -> [DoctorCheck] {
    ids.map { .unchecked($0, reason) }
  }

  private static let ofConnection: [DoctorCheck.ID] = [.address, .proxy, .dns, .tcp, .tls, .rest, .clock]
  private static let ofAccount: [DoctorCheck.ID] = [
    .token, .account, .websocket, .greeting, .teams, .channels, .posting, .names,
  ]
}
