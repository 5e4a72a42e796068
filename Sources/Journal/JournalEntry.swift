import ConfigLoader
import Core
import RuleEngine

/// An event and its decision, to be recorded. The writer task makes the line of it, off the path of the message.
struct JournalEntry: Sendable {
  var event: Event
  /// `nil` if the rules were not asked because the event answers an agent's question.
  var decision: Decision?
  var rules: CompiledRules
  var teamName: String?
  /// The id for outcomes of the event; `nil` if there will be none.
  var claim: String?
  /// Milliseconds since 1970 (UTC) by this machine's clock.
  var milliseconds: Int64

  /// Returns the line to store, with the text only if the rules allow it.
  func line(fingerprint: String) -> EventLine {
    let recorded = decision.map { decision in
      RecordedDecision(
        Verdict(decision, in: rules.ruleSet), shadows: decision.shadows.map { rules.ruleSet.rules[$0].name },
        rules: fingerprint)
    }
    if event.text.isEmpty || rules.ruleSet.journal.text && event.text.utf8.count <= Limits.textBytesMax {
      return EventLine(event, teamName: teamName, decided: recorded, isAnswerToQuestion: decision == nil)
    }
    var bare = event
    bare.text = ""
    bare.body = SlashCommand(event, prefixes: rules.ruleSet.commands.prefixes).map(head) ?? ""
    return EventLine(
      bare, teamName: teamName, isTextKept: false, decided: recorded, isAnswerToQuestion: decision == nil)
  }

  /// The prefix and name of the command, as typed.
  private func head(_ command: SlashCommand) -> String {
    let head = event.body[..<command.name.endIndex]
    return String(decoding: head.utf8.prefix(Limits.commandBytesMax), as: UTF8.self)
  }
}

/// An item of the journal, to be recorded.
enum JournalItem: Sendable {
  /// Indirect, because entries are large and queued.
  indirect case event(JournalEntry)
  /// An outcome of the event with a claim. Milliseconds are since 1970 (UTC).
  case outcome(EventOutcome, claim: String, milliseconds: Int64)

  /// Returns whether the item is recorded: for an event, by the rules that decided it; for an outcome, by the active
  /// policy.
  func isWanted(by policy: JournalPolicy) -> Bool {
    switch self {
    case .event(let entry): entry.rules.ruleSet.journal.facts
    case .outcome: policy.facts
    }
  }
}
