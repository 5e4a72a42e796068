package import ConfigLoader
import Core
package import RuleEngine

/// Formats replays and comparisons.
package enum ReplayTexts {
  /// `rules.yaml decides 9,210 events:`, above how many each rule decides.
  package static func decided(_ counts: [String?: Int], by file: String) -> String {
    "\(file) decides \(counts.values.reduce(0, +).counted("event"))\(counts.isEmpty ? "" : ":")"
  }

  /// The explanation for events that have no recorded decisions.
  package static let nothingToCompare = "none of these events has a recorded decision to compare with"

  /// Returns how many events each rule decides, the most first.
  package static func tally(_ counts: [String?: Int]) -> [String] {
    let rows = counts.sorted { ($1.value, $0.key ?? "") < ($0.value, $1.key ?? "") }
    let width = rows.first.map { $0.value.grouped.count } ?? 0
    let named = rows.prefix(Limits.rulesShownMax).map { rule, count in
      let number = count.grouped
      let padding = String(repeating: " ", count: width - number.count)
      return "  \(padding)\(number)  " + (rule.map { "rule `\(shown($0))`" } ?? "no rule")
    }
    let rest = rows.dropFirst(named.count)
    guard !rest.isEmpty else { return named }
    return named + [
      "  and \(rest.reduce(0) { $0 + $1.value }.counted("event")) by \(rest.count.counted("other rule"))"
    ]
  }

  /// `14 of 9,210 events change; 3 newly reach agent `ops``
  package static func summary(_ comparison: ReplayCounts) -> [String] {
    let agents = [("newly", comparison.gained), ("no longer", comparison.lost)].flatMap { how, counts in
      counts.sorted { $0.key < $1.key }.map { agent, count in
        "\(count.grouped) \(how) \(count.plural(one: "reaches", other: "reach")) agent `\(shown(agent))`"
      }
    }
    let changes = comparison.changed.plural(one: "changes", other: "change")
    return [
      "\(comparison.changed.grouped) of \(comparison.compared.counted("event")) \(changes)"
        + (agents.isEmpty ? "" : "; " + agents.joined(separator: ", "))
    ] + undecided(comparison)
  }

  /// Returns how many events were not decided, and why; empty if there are none.
  package static func undecided(_ comparison: ReplayCounts) -> [String] {
    guard comparison.undecided > 0 else { return [] }
    let verb = comparison.undecided.plural(one: "depends", other: "depend")
    return [
      "\(comparison.undecided.counted("more event")) \(verb) on message text that the journal did not record",
      "(`journal: { text: true }` in the rules file records the text of new events)",
    ]
  }

  /// Returns an event and its two decisions in three lines.
  package static func change(_ line: EventLine, from old: Verdict, to new: Verdict) -> [String] {
    [head(line), "    was: \(old)", "    now: \(new)"]
  }

  /// Returns a recorded event with its decision, the shadow rules that match it, and its outcomes.
  package static func recorded(_ line: EventLine) -> [String] {
    [head(line)] + decision(line) + (line.outcomes.summary.map { ["    \($0)"] } ?? [])
  }

  private static func decision(_ line: EventLine) -> [String] {
    guard let decided = line.decided else { return [] }
    let shadows = decided.shadows.map { "`\(shown($0))`" }
    let isShutOut = decided.verdict.outcome == .noAccess && line.event.author == .webhook
    return ["    \(decided.verdict)" + (isShutOut ? "; \(Author.webhookAccount)" : "")]
      + (shadows.isEmpty ? [] : ["    shadow: \(shadows.joined(separator: ", "))"])
  }

  /// Returns the moment, the user, the channel and the text, if it is known.
  package static func head(_ line: EventLine) -> String {
    let event = line.event
    let user = event.author.speaker(shown(event.user.name), overrideName: event.overrideName)
    let channel = shown(event.channel.name)
    let location = event.channel.kind == .direct ? "directly" : "in ~\(channel)"
    let text = (line.isTextKept ? event.text : event.body).singleLine(atMost: Limits.textScalarsMax)
    let isCut = event.text.unicodeScalars.count > Limits.textScalarsMax
    return "\(Timestamp(milliseconds: event.milliseconds).rfc3339) @\(user) \(location)"
      + (text.isEmpty ? "" : ": \(text)\(isCut ? "…" : "")")
  }

  static func shown(_ name: String) -> String { name.singleLine(atMost: Limits.nameScalarsMax) }
}
