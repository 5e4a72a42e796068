import Foundation

/// The outcome of a run of several gateways.
struct ClusterOutcome: Sendable {
  let soak: ClusterSoak
  let history: ClusterHistory
  /// How often people were told that their messages wait.
  let notices: Int
  /// The number of starts of all gateways.
  let starts: Int
  let time: Duration
  /// What the gateways had said when nothing was answered for long, or `nil`.
  let standstill: String?
  let findings: [HistoryFinding]
  private let checker: ClusterChecker

  init(
    _ soak: ClusterSoak, _ history: ClusterHistory, notices: Int, starts: Int, time: Duration, standstill: String?
  ) {
    self.soak = soak
    self.history = history
    self.notices = notices
    self.starts = starts
    self.time = time
    self.standstill = standstill
    checker = ClusterChecker(history)
    findings = checker.findings
  }
}

extension ClusterOutcome: CustomStringConvertible {
  /// The figures in one line.
  var description: String {
    "soak-cluster: seed \(soak.seed), \(history.questions.count) posts, \(soak.gateways) gateways, \(soak.kills) kills, "
      + "\(soak.stops) stops, \(soak.pauses) pauses, \(soak.cuts) cuts, \(soak.databaseFaults) faults of the database, "
      + "\(soak.serverFaults) of the server: \(findings.count) findings; "
      + "\(checker.turnsByGateway.map(String.init).joined(separator: " + ")) turns, \(checker.turnsRepeated) repeated, \(checker.sentLate.count) answers sent late, \(checker.overtakings) overtaken, \(notices) notices, "
      + "\(starts) starts; first answer after a kill: \(takeOver); \(time.components.seconds) s"
  }

  /// The first findings, each with what happened.
  var report: String {
    findings.prefix(5).map { "\($0):\n\(history.story(of: $0.questions))" }.joined(separator: "\n\n")
  }

  private var takeOver: String {
    let times = checker.takeOverTimes
    guard let longest = times.last else { return "none was waited for" }
    func seconds(_ time: TimeInterval) -> String { "\((time * 10).rounded() / 10) s" }
    /// The nearest rank.
    func percentile(_ percent: Int) -> TimeInterval { times[(times.count * percent + 99) / 100 - 1] }
    return "p50 \(seconds(percentile(50))), p99 \(seconds(percentile(99))), max \(seconds(longest)) of \(times.count)"
  }
}
