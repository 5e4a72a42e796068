import ConfigLoader
import Core
import RuleEngine

/// Formats events of the journal for a list.
package enum JournalTexts {
  package static let noEvents = "the journal contains no matching events"

  /// Returns an event on one line: the local time, the user, the channel, the rule and the outcomes.
  ///
  ///     11-28 14:10:05 @bob       ~dev       talk         answered by echo in 1.2 s
  package static func line(_ record: JournalRecord) -> String {
    let event = record.line.event
    let columns = [
      Timestamp(milliseconds: event.milliseconds).local,
      padded("@" + ReplayTexts.shown(event.user.name), Limits.listedNameColumns),
      padded(channel(event.channel), Limits.listedNameColumns), padded(rule(record.line), Limits.listedRuleColumns),
      outcome(record) + shadows(record.line),
    ]
    return columns.joined(separator: " ")
  }

  /// Returns an event on several lines, like a replay does, with the id of the post.
  package static func lines(_ record: JournalRecord) -> [String] {
    let hasNoOutcome = record.line.outcomes.isEmpty
    return ReplayTexts.recorded(record.line) + (hasNoOutcome ? ["    " + outcome(record)] : [])
      + ["    post \(ReplayTexts.shown(record.line.event.post.rawValue))"]
  }

  /// Returns how often each shadow rule would have decided, the most frequent first, or `nil` if there are none.
  package static func shadowHits(_ counts: [String: Int]) -> String? {
    guard !counts.isEmpty else { return nil }
    let rules = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { "`\(ReplayTexts.shown($0))` \($1.grouped)" }
    return "shadow rules would have decided: " + rules.joined(separator: ", ")
  }

  private static func outcome(_ record: JournalRecord) -> String {
    if let outcomes = record.line.outcomes.summary { return outcomes }
    if record.isPending { return "no outcome yet" }
    switch record.line.decided?.verdict.outcome {
    case .unknownCommand: return "ignored: no such command"
    case let kind? where kind.isSilent: return "ignored"
    default: return "outcome not recorded"
    }
  }

  private static func rule(_ line: EventLine) -> String {
    guard let verdict = line.decided?.verdict else { return "-" }
    let command = verdict.command.map { " !" + ReplayTexts.shown($0) } ?? ""
    if let rule = verdict.rule { return ReplayTexts.shown(rule) + command }
    return verdict.outcome == .noRule ? "no rule" : "no access"
  }

  private static func channel(_ channel: Channel) -> String {
    switch channel.kind {
    case .direct, .group: channel.kind.rawValue
    case .public, .private: "~" + ReplayTexts.shown(channel.name)
    }
  }

  private static func shadows(_ line: EventLine) -> String {
    guard let shadows = line.decided?.shadows, !shadows.isEmpty else { return "" }
    return " (shadow: \(shadows.map(ReplayTexts.shown).joined(separator: ", ")))"
  }

  private static func padded(_ text: String, _ columns: Int) -> String {
    text + String(repeating: " ", count: max(0, columns - text.unicodeScalars.count))
  }
}
