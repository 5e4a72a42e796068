import ConfigLoader
import RuleEngine

/// Something on its way into the journal.
enum JournalItem: Sendable {
  /// An event with its decision.
  case event(JournalEntry)
  /// What came of the event that was claimed as `claim`, and when, in milliseconds since 1970 (UTC).
  case outcome(EventOutcome, claim: String, milliseconds: Int64)

  /// Returns whether it is recorded: an event as the rules say that decided it, an outcome as those in force do.
  func isWanted(by policy: JournalPolicy) -> Bool {
    switch self {
    case .event(let entry): entry.rules.journal.facts
    case .outcome: policy.facts
    }
  }
}
