package import ConfigLoader
import GRDB
import RuleEngine

/// Selects events of the journal that meet all conditions.
package struct JournalFilter: Sendable, Equatable {
  /// Recorded at this moment or later, in milliseconds since 1970 (UTC).
  package var since: Int64?
  /// Recorded before this moment.
  package var until: Int64?
  /// Written by the user of this name or id.
  package var user: String?
  /// Written in the channel of this name or id, or in any `direct` or `group` channel.
  package var channel: String?
  /// Decided by the rule of this name, or matched by the shadow rule of this name.
  package var rule: String?
  package var outcome: Outcome?
  /// The number of events, the newest ones.
  package var newest: Int?

  /// The outcome of an event, or that it has none.
  package enum Outcome: Sendable, Equatable {
    /// The rules ignore it.
    case ignored
    /// It has no final outcome yet.
    case pending
    case named(EventOutcome.Name)
  }

  /// Selects all events, or all since a moment.
  package init(since: Int64? = nil) {
    self.since = since
  }
}

extension JournalFilter.Outcome: RawRepresentable, CaseIterable {
  package static var allCases: [Self] { EventOutcome.Name.allCases.map(Self.named) + [.ignored, .pending] }

  /// The name for `--outcome`.
  package var rawValue: String {
    switch self {
    case .ignored: "ignored"
    case .pending: "pending"
    case .named(let name): name.rawValue
    }
  }

  /// Parses a name, or returns `nil` if there is no such outcome.
  package init?(rawValue: String) {
    guard let found = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
    self = found
  }
}

/// A filter as SQL: conditions on rows of `events`, joined by `AND`.
struct JournalQuery {
  private let hasOutcomes: Bool
  private var conditions: [String] = []
  private(set) var arguments: StatementArguments = []

  /// Translates a filter.
  ///
  /// - Parameter hasOutcomes: whether the file has outcomes; that of an older version has none.
  init(_ filter: JournalFilter, hasOutcomes: Bool) {
    self.hasOutcomes = hasOutcomes
    if let since = filter.since { add("at >= ?", [since]) }
    if let until = filter.until { add("at < ?", [until]) }
    if let user = filter.user {
      add("(json_extract(line, '$.user') = ? COLLATE NOCASE OR json_extract(line, '$.user_id') = ?)", [user, user])
    }
    if let channel = filter.channel {
      add(
        """
        (json_extract(line, '$.channel') = ? COLLATE NOCASE OR json_extract(line, '$.channel_id') = ?
          OR (? IN ('direct', 'group') AND json_extract(line, '$.kind') = ?))
        """, [channel, channel, channel, channel])
    }
    if let rule = filter.rule {
      add(
        """
        (json_extract(line, '$.decided.rule') = ?
          OR EXISTS (SELECT 1 FROM json_each(line, '$.decided.shadows') WHERE value = ?))
        """, [rule, rule])
    }
    if let outcome = filter.outcome { add(outcome) }
  }

  /// Selects events that are new since a position or have new outcomes.
  mutating func add(changedSince position: JournalPosition) {
    guard hasOutcomes else { return add("id > ?", [position.event]) }
    add("(id > ? OR id IN (SELECT event FROM outcomes WHERE id > ?))", [position.event, position.outcome])
  }

  mutating func add(_ condition: String, _ values: StatementArguments = []) {
    conditions.append(condition)
    arguments += values
  }

  private mutating func add(_ outcome: JournalFilter.Outcome) {
    switch outcome {
    case .ignored:
      let silent = Verdict.Kind.allCases.filter(\.isSilent).map { "'\($0.rawValue)'" }.joined(separator: ", ")
      add("json_extract(line, '$.decided.outcome') IN (\(silent))")
    case _ where !hasOutcomes: add("FALSE")
    case .pending:
      let passing = EventOutcome.Name.allCases.filter { !$0.isFinal }.map { "'\($0.rawValue)'" }.joined(separator: ", ")
      add(
        """
        claim IS NOT NULL AND NOT EXISTS
          (SELECT 1 FROM outcomes WHERE event = events.id AND json_extract(outcome, '$.outcome') NOT IN (\(passing)))
        """)
    case .named(let name):
      add(
        "EXISTS (SELECT 1 FROM outcomes WHERE event = events.id AND json_extract(outcome, '$.outcome') = ?)",
        [name.rawValue])
    }
  }

  var sql: String { conditions.isEmpty ? "TRUE" : conditions.joined(separator: " AND ") }
}

extension EventOutcome.Name {
  /// True if no other outcome follows it.
  var isFinal: Bool {
    switch self {
    case .approval, .delayed, .postponed, .resumed: false
    case .answered, .joined, .said, .done, .limited, .turnedAway, .cancelled, .failed, .stopped, .dropped, .direct,
      .answersQuestion, .corrected, .decidedAgain:
      true
    }
  }
}
