/// One thing that the doctor looks at, and how it is.
package struct DoctorCheck: Sendable, Equatable {
  /// Which thing it is.
  package let id: ID
  /// How it is.
  package let state: State
  /// What was found.
  package let text: String
  /// What to do, a line or a paragraph each. A line that begins with a space is to be written as it stands.
  package let cure: [String]

  /// The things that are looked at, in this order. An id is stable: programs go by it.
  package enum ID: String, Sendable, CaseIterable {
    case settings, address, proxy, dns, tcp, tls, rest, clock, token, account, websocket, greeting, teams, channels,
      posting, folder, store, rules, access, agents, names
  }

  /// How a thing is.
  package enum State: String, Sendable {
    /// As it must be.
    case good
    /// Not so; the cure says what to do.
    case wrong
    /// It works, and is likely not meant; the cure says what to do.
    case warning
    /// It could not be looked at.
    case unchecked
  }

  static func good(_ id: ID, _ text: String) -> DoctorCheck { DoctorCheck(id: id, state: .good, text: text, cure: []) }

  static func wrong(_ id: ID, _ text: String, cure: [String]) -> DoctorCheck {
    DoctorCheck(id: id, state: .wrong, text: text, cure: cure)
  }

  static func warning(_ id: ID, _ text: String, cure: [String]) -> DoctorCheck {
    DoctorCheck(id: id, state: .warning, text: text, cure: cure)
  }

  static func unchecked(_ id: ID, _ text: String) -> DoctorCheck {
    DoctorCheck(id: id, state: .unchecked, text: text, cure: [])
  }
}
