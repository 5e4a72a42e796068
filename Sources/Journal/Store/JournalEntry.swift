import ConfigLoader
import Core
import RuleEngine

/// An event and its decision on their way into the journal, as they came: writing them down is the writer's work.
struct JournalEntry: Sendable {
  var event: Event
  /// Nil if rules were not asked, because it answers an agent's question.
  var decision: Decision?
  var rules: RuleSet
  var teamName: String?
  /// The id under which outcomes of it are recorded; nil if there will be none, because nothing happens.
  var claim: String?
  /// When, in milliseconds since 1970 (UTC), by this machine's clock.
  var milliseconds: Int64

  /// The line to keep: of the text only what the rules allow.
  func line(fingerprint: String) -> EventLine {
    let recorded = decision.map { decision in
      RecordedDecision(
        Verdict(decision, in: rules), shadows: decision.shadows.map { rules.rules[$0].name }, rules: fingerprint)
    }
    if event.text.isEmpty || rules.journal.text && event.text.utf8.count <= Limits.textBytesMax {
      return EventLine(event, teamName: teamName, decided: recorded, isAnswerToQuestion: decision == nil)
    }
    var bare = event
    bare.text = ""
    bare.body = SlashCommand(event, prefixes: rules.commands.prefixes).map(head) ?? ""
    return EventLine(
      bare, teamName: teamName, isTextKept: false, decided: recorded, isAnswerToQuestion: decision == nil)
  }

  /// The command's name behind its prefix, as typed.
  private func head(_ command: SlashCommand) -> String {
    let head = event.body[..<command.name.endIndex]
    return String(decoding: head.utf8.prefix(Limits.commandBytesMax), as: UTF8.self)
  }
}
