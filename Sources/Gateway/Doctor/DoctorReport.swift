import ConfigLoader

/// What the doctor found, in each form that `edgecrab doctor` prints.
package struct DoctorReport: Sendable {
  /// The checks, in the order of their ids; a thing may have several.
  package let checks: [DoctorCheck]

  init(_ checks: [DoctorCheck]) {
    let order = Dictionary(uniqueKeysWithValues: DoctorCheck.ID.allCases.enumerated().map { ($1, $0) })
    self.checks = checks.enumerated().sorted {
      (order[$0.element.id] ?? 0, $0.offset) < (order[$1.element.id] ?? 0, $1.offset)
    }.map(\.element)
  }

  /// A form in which a report is printed.
  package enum Format: String, Sendable, CaseIterable {
    /// For people: a line a check.
    case human
    /// One JSON document.
    case json
  }

  /// Whether something is wrong.
  package var isWrong: Bool { checks.contains { $0.state == .wrong } }
}
