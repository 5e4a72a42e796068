import Core
import FoundationEssentials
import MattermostIO
import Transport

extension Doctor {
  /// What a connection goes through, in order, and what answers in the end.
  func connectionChecks(_ probe: ServerProbe, _ address: WebAddress) -> [DoctorCheck] {
    let trace = probe.trace
    let failure = probe.error?.transport
    var checks: [DoctorCheck] = []
    /// A stage is good where it was passed; the first that was not is wrong, those behind it are not reached.
    var isStopped = false
    func stage(_ id: DoctorCheck.ID, _ isPassed: Bool, _ text: String) {
      if isStopped { return checks.append(.unchecked(id, DoctorTexts.notReached)) }
      if isPassed { return checks.append(.good(id, text)) }
      isStopped = true
      guard let error = probe.error else { return checks.append(.unchecked(id, DoctorTexts.notReached)) }
      let isDistrust = failure?.code == .certificateRejected && !trace.certificateVariables.isEmpty
      let trust = isDistrust ? [DoctorTexts.trusting(trace.certificateVariables)] : []
      checks.append(.wrong(id, error.summary, cure: [error.remedy] + trust))
    }

    stage(.proxy, failure?.code != .proxyFailed, DoctorTexts.proxy(trace.proxyVariable))
    stage(.dns, trace.reached >= .resolved, DoctorTexts.resolved(address, trace))
    stage(.tcp, trace.reached >= .connected, DoctorTexts.connected(trace))
    if address.isSecure {
      stage(
        .tls, trace.reached >= .secured && failure?.code != .clientCertificate,
        DoctorTexts.secured(trace, showing: patient.certificate))
      if !isStopped, let end = trace.certificateEnd, let check = certificateCheck(end) { checks.append(check) }
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
    return .wrong(.tls, DoctorTexts.endsSoon(left), cure: [DoctorTexts.renew])
  }

  private func clockCheck(_ date: Int?) -> DoctorCheck {
    guard let date else { return .unchecked(.clock, DoctorTexts.noDate) }
    let skew = Int(Date().timeIntervalSince1970) - date
    return abs(skew) <= Limits.clockSkewMax
      ? .good(.clock, DoctorTexts.clock(skew)) : .wrong(.clock, DoctorTexts.clock(skew), cure: [ClockTexts.cure])
  }
}

extension WebAddress {
  /// Whether it is reached over TLS.
  fileprivate var isSecure: Bool { text.hasPrefix("https://") }
}
