import ConfigLoader
import Core
import Sessions

/// What needs attention about a gateway of a store, as clauses.
struct ClusterFinding: Equatable {
  let text: String
  let remedy: String
  /// False if it is as it should be for a while.
  var isWrong = true
}

extension StoreInspection.Store {
  var answering: [StoreInspection.Member] { members.filter { $0.state == .answers } }

  /// What keeps gateways from answering, and whether they are of several versions.
  var findings: [ClusterFinding] {
    let running = members.filter { $0.state != .leaseOver }
    let isAlone = running.isEmpty
    return members.compactMap { $0.finding(isAlone: isAlone) }
      + [ClusterFinding(versionsOf: running)].compactMap(\.self)
  }
}

extension StoreInspection.Member {
  /// Returns why the gateway does not answer, or `nil` if it does.
  ///
  /// - Parameter isAlone: true if none runs that could take over what it has.
  fileprivate func finding(isAlone: Bool) -> ClusterFinding? {
    switch state {
    case .answers: nil
    case .otherRules:
      ClusterFinding(
        text: "\(name) has other rules than those in force",
        remedy: "give it the same rules; it claims nothing, and stands by in ten seconds if others answer")
    case .notConnected:
      ClusterFinding(
        text: "\(name) receives no posts from Mattermost",
        remedy: "if it has not just started, run `edgecrab doctor` where it runs")
    case .leaseOver:
      ClusterFinding(
        text:
          "\(name) was killed or cut off: its lease has been over for \(Duration.seconds(-secondsLeft).approximate)",
        remedy: isAlone
          ? "start it, or another gateway, which takes over what it had"
          : "another gateway takes over what it had; if it has not in a few seconds, see their logs")
    }
  }
}

extension ClusterFinding {
  /// Creates a finding if gateways are of several versions.
  fileprivate init?(versionsOf members: [StoreInspection.Member]) {
    guard Set(members.map(\.program)).count > 1 else { return nil }
    let versions = members.map { "\($0.name) is \($0.program)" }
    text = "the gateways have several versions: " + enumeration(of: versions, conjunction: "and", limit: 8)
    remedy = "finish the upgrade"
    isWrong = false
  }
}
