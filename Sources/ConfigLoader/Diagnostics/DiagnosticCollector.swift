/// Collects findings: each once, and no more than anybody reads.
struct DiagnosticCollector: Sendable {
  /// The findings, as they were found.
  private(set) var kept: [Diagnostic] = []
  /// How many more there were.
  private(set) var leftOut = 0
  /// How many of all are errors.
  private(set) var errors = 0

  // An alias shows the same mistake at the same place many times.
  private var seen: Set<Spot> = []

  private struct Spot: Hashable {
    var code: DiagnosticCode
    var span: SourceSpan
    var message: String
  }

  var isFull: Bool { kept.count >= Limits.findingsMax }

  mutating func add(_ finding: Diagnostic) {
    if finding.severity == .error { errors += 1 }
    if isFull {
      leftOut += 1
    } else if seen.insert(Spot(code: finding.code, span: finding.span, message: finding.message)).inserted {
      kept.append(finding)
    }
  }

  mutating func add(_ findings: [Diagnostic]) {
    for finding in findings { add(finding) }
  }

  /// The findings in the order of their places.
  var sorted: [Diagnostic] {
    kept.sorted { ($0.span.start, $0.code.rawValue) < ($1.span.start, $1.code.rawValue) }
  }
}
