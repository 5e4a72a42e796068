/// The results of all checks.
package struct DoctorReport: Sendable {
  /// The checks in the order of their ids; an id may occur several times.
  package let checks: [DoctorCheck]

  init(_ checks: [DoctorCheck]) {
    let order = Dictionary(uniqueKeysWithValues: DoctorCheck.ID.allCases.enumerated().map { ($1, $0) })
    self.checks = checks.enumerated().sorted {
      (order[$0.element.id] ?? 0, $0.offset) < (order[$1.element.id] ?? 0, $1.offset)
    }.map(\.element)
  }

  /// A format to print a report in.
  package enum Format: String, Sendable, CaseIterable {
    case human, json
  }

  /// True if a check failed.
  package var isWrong: Bool { number(of: .wrong) > 0 }

  func number(of state: DoctorCheck.State) -> Int { checks.count { $0.state == state } }
}

/// One check and its result.
package struct DoctorCheck: Sendable, Equatable {
  package let id: ID
  package let state: State
  /// The result, as a clause.
  package let text: String
  /// The steps to take: a line or a paragraph each. A line that begins with a space is printed as it is.
  package let remedy: [String]

  /// The checks, in the order of the report. Programs rely on the ids, so they never change.
  package enum ID: String, Sendable, CaseIterable {
    case settings, address, proxy, dns, tcp, tls, rest, clock, token, account, websocket, greeting, teams, channels,
      posting, folder, database, store, rules, access, agents, names
  }

  package enum State: String, Sendable {
    case good
    /// The gateway does not work like this; there is a remedy.
    case wrong
    /// It works, but is likely a mistake; there is a remedy.
    case warning
    /// It could not be checked.
    case unchecked
  }

  static func good(_ id: ID, _ text: String) -> DoctorCheck {
    DoctorCheck(id: id, state: .good, text: text, remedy: [])
  }

  package static func wrong(_ id: ID, _ text: String, remedy: [String]) -> DoctorCheck {
    DoctorCheck(id: id, state: .wrong, text: text, remedy: remedy)
  }

  package static func warning(_ id: ID, _ text: String, remedy: [String]) -> DoctorCheck {
    DoctorCheck(id: id, state: .warning, text: text, remedy: remedy)
  }

  static func unchecked(_ id: ID, _ text: String) -> DoctorCheck {
    DoctorCheck(id: id, state: .unchecked, text: text, remedy: [])
  }
}
