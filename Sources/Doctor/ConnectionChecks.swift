import Core
import FoundationEssentials
import MattermostIO
import ServerLookup
import Transport

extension Doctor {
  /// Checks the stages of a connection in their order, up to an answer of Mattermost.
  func connectionChecks(_ probe: ServerProbe, _ address: WebAddress) -> [DoctorCheck] {
    let trace = probe.trace
    let failure = probe.error?.transport
    var checks: [DoctorCheck] = []
    /// The first stage that failed is wrong; those after it were not reached.
    var isStopped = false
    func stage(_ id: DoctorCheck.ID, _ isPassed: Bool, _ text: String) {
      if isStopped { return checks.append(.unchecked(id, DoctorTexts.notReached)) }
      if isPassed { return checks.append(.good(id, text)) }
      isStopped = true
      guard let error = probe.error else { return checks.append(.unchecked(id, DoctorTexts.notReached)) }
      let isDistrust = failure?.code == .certificateRejected && !trace.certificateVariables.isEmpty
      let trust = isDistrust ? [DoctorTexts.trusting(trace.certificateVariables)] : []
      checks.append(.wrong(id, error.summary, remedy: [error.remedy] + trust))
    }

    stage(.proxy, failure?.code != .proxyFailed, DoctorTexts.proxy(trace.proxyVariable))
    stage(.dns, trace.reached >= .resolved, DoctorTexts.resolved(trace))
    stage(.tcp, trace.reached >= .connected, DoctorTexts.connected(trace))
    if address.isSecure {
      stage(
        .tls, trace.reached >= .secured && failure?.code != .clientCertificate,
        DoctorTexts.secured(trace, showing: input.certificate))
      if !isStopped, let end = trace.certificateExpiry, let check = certificateCheck(end) { checks.append(check) }
    } else if !isStopped {
      checks.append(.good(.tls, DoctorTexts.unsecured))
    }
    stage(.rest, probe.error == nil, DoctorTexts.mattermost(probe.version))
    checks.append(isStopped ? .unchecked(.clock, DoctorTexts.notReached) : clockCheck(probe.date))
    return checks
  }

  private func certificateCheck(_ end: Int) -> DoctorCheck? {
    let left = end - Int(Date().timeIntervalSince1970)
    guard left < Limits.certificateSecondsMin else { return nil }
    return .wrong(.tls, DoctorTexts.expiresSoon(left), remedy: [DoctorTexts.renew])
  }

  private func clockCheck(_ date: Int?) -> DoctorCheck {
    guard let date else { return .unchecked(.clock, DoctorTexts.noDate) }
    let skew = ClockSkew(seconds: Int(Date().timeIntervalSince1970) - date)
    return skew.isTolerable
      ? .good(.clock, DoctorTexts.clock(skew)) : .wrong(.clock, DoctorTexts.clock(skew), remedy: [ClockSkew.remedy])
  }

  /// Checks that the token is valid and belongs to a bot.
  func accountChecks(_ client: MattermostClient) async -> (record: UserRecord?, checks: [DoctorCheck]) {
    do throws(MattermostError) {
      let account = try await client.me()
      let kind: DoctorCheck =
        account.isBot
        ? .good(.account, DoctorTexts.bot)
        : .wrong(.account, DoctorTexts.person(account.username), remedy: [DoctorTexts.createBot])
      return (account, [.good(.token, DoctorTexts.account(account)), kind])
    } catch {
      return (
        nil, [.wrong(.token, error.summary, remedy: [error.remedy]), .unchecked(.account, DoctorTexts.noAccount)]
      )
    }
  }

  /// Checks that the event socket opens and that the server sends `hello` on it; then closes it.
  func socketChecks(_ address: WebAddress, _ token: Secret, isTokenValid: Bool) async -> [DoctorCheck] {
    let socket = EventSocket(address: address, token: token, certificate: input.certificate, logger: logger)
    guard let error = await socket.failure() else {
      return [.good(.websocket, DoctorTexts.opened), .good(.greeting, DoctorTexts.greeted)]
    }
    switch error.code {
    case .noHello, .socketClosed, .socketSilent:
      // With an invalid token, the server opens the socket and then sends nothing.
      let greeting: DoctorCheck =
        isTokenValid
        ? .wrong(.greeting, error.summary, remedy: [error.remedy]) : .unchecked(.greeting, DoctorTexts.noAccount)
      return [.good(.websocket, DoctorTexts.opened), greeting]
    default:
      return [
        .wrong(.websocket, DoctorTexts.refusedSocket(error), remedy: DoctorTexts.socketRemedy(error)),
        .unchecked(.greeting, DoctorTexts.notReached),
      ]
    }
  }
}

extension EventSocket {
  /// Connects once, and returns why the server did not send `hello`, or `nil` if it did.
  fileprivate func failure() async -> MattermostError? {
    let (outcomes, outcome) = AsyncStream.makeStream(of: MattermostError?.self)
    return await withTaskGroup(of: Void.self) { group in
      group.addTask {
        await run { said in
          switch said {
          case .connected: outcome.yield(nil)
          case .lost(let error): outcome.yield(error)
          case .connecting, .gap, .event, .skipped, .waiting: break
          }
        }
      }
      let first = await outcomes.first { _ in true } ?? nil
      group.cancelAll()
      return first
    }
  }
}

extension WebAddress {
  fileprivate var isSecure: Bool { text.hasPrefix("https://") }
}
