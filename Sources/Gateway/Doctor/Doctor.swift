import ConfigLoader
public import Logging
import MattermostIO
import Transport
import Vocabulary

/// Looks at everything that must be right for the gateway to answer. It reads, and changes nothing: nothing is posted
/// and no file is written.
public struct Doctor: Sendable {
  let patient: Patient
  let logger: Logger

  /// A doctor for a gateway that would be started like this.
  public init(_ patient: Patient, logger: Logger) {
    self.patient = patient
    self.logger = logger
  }

  /// Looks at one thing after the other, and goes on wherever that is possible.
  public func examine() async -> DoctorReport {
    var checks = settingsChecks()
    let token = patient.token
    guard let address = patient.address else {
      let network = Check.ID.allCases.filter { !Self.local.contains($0) }
      checks += network.map { .unchecked($0, DoctorTexts.noAddress) }
      return DoctorReport(checks + dataChecks() + rulesChecks() + [nameCheck(unless: DoctorTexts.noAddress)])
    }
    let client = MattermostClient(
      address: address, token: token ?? Secret(""),
      http: HTTPClient(logger: logger, certificate: patient.certificate), logger: logger)

    let probe = await client.probe()
    checks += connectionChecks(probe, address)
    guard probe.error == nil, token != nil else {
      let reason = probe.error == nil ? DoctorTexts.noToken : DoctorTexts.noServer
      let rest: [Check.ID] = [.token, .account, .websocket, .greeting, .teams, .channels, .posting]
      checks += rest.map { .unchecked($0, reason) }
      return DoctorReport(checks + dataChecks() + rulesChecks() + [nameCheck(unless: reason)])
    }

    let account = await accountChecks(client)
    checks += account.checks
    checks += await socketChecks(address, isTokenGood: account.record != nil)
    let place = await placeChecks(client, as: account.record)
    checks += place.checks + dataChecks() + rulesChecks()
    checks += await nameChecks(client, place.around)
    return DoctorReport(checks)
  }

  /// What is looked at without a server.
  private static let local: Set<Check.ID> = [.settings, .folder, .store, .rules, .names]
}
