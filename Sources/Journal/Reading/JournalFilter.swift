package import ConfigLoader

/// Which events of the journal are wanted: those for which all of this holds.
package struct JournalFilter: Sendable, Equatable {
  /// Recorded at this moment or later, in milliseconds since 1970 (UTC).
  package var since: Int64?
  /// Recorded before this moment.
  package var until: Int64?
  /// Written by the user of this name or id.
  package var user: String?
  /// Written in the channel of this name or id, or in any `direct` or `group` channel.
  package var channel: String?
  /// Decided by the rule of this name, or by the shadow rule if it were not one.
  package var rule: String?
  /// With this outcome.
  package var outcome: Outcome?
  /// Only the newest of them, so many.
  package var newest: Int?

  /// What an event may have come to.
  package enum Outcome: Sendable, Equatable {
    /// The rules say that nothing happens.
    case ignored
    /// Nothing that ends it has become known yet.
    case pending
    /// It has an outcome of this name.
    case named(EventOutcome.Name)
  }

  /// Wants all events, unless told otherwise.
  package init(since: Int64? = nil) {
    self.since = since
  }
}

extension JournalFilter.Outcome: RawRepresentable, CaseIterable {
  /// All of them: an event that is ignored or pending has no other.
  package static var allCases: [Self] { EventOutcome.Name.allCases.map(Self.named) + [.ignored, .pending] }

  /// Its name for `--outcome`.
  package var rawValue: String {
    switch self {
    case .ignored: "ignored"
    case .pending: "pending"
    case .named(let name): name.rawValue
    }
  }

  /// Reads a name, or returns `nil` if there is no such outcome.
  package init?(rawValue: String) {
    guard let found = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
    self = found
  }
}
