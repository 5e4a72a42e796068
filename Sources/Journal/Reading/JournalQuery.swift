import ConfigLoader
import GRDB
import RuleEngine

/// A filter as SQL: conditions on rows of `events`, which hold together.
struct JournalQuery {
  private let hasOutcomes: Bool
  private(set) var conditions: [String] = []
  private(set) var arguments: StatementArguments = []

  /// - Parameter hasOutcomes: whether the file has outcomes; one that an older edgecrab wrote has none.
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

  /// Wants only events that are new since a position, or of which something new became known.
  mutating func add(changedSince position: JournalPosition) {
    guard hasOutcomes else { return add("id > ?", [position.event]) }
    add("(id > ? OR id IN (SELECT event FROM outcomes WHERE id > ?))", [position.event, position.outcome])
  }

  /// Adds a condition.
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

  /// The condition as a whole.
  var sql: String { conditions.isEmpty ? "TRUE" : conditions.joined(separator: " AND ") }
}

extension EventOutcome.Name {
  /// Whether nothing more is expected after it.
  var isFinal: Bool {
    switch self {
    case .approval, .delayed, .postponed, .resumed: false
    case .answered, .joined, .said, .done, .limited, .turnedAway, .cancelled, .failed, .stopped, .dropped, .direct,
      .answersQuestion, .corrected, .decidedAgain:
      true
    }
  }
}
