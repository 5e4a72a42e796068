package import ConfigLoader
import Core
import FoundationEssentials
package import RuleEngine

/// What replays and comparisons say.
package enum ReplayTexts {
  /// `rules.yaml decides 9,210 events:`, above how many each rule decides.
  package static func decided(_ counts: [String?: Int], by file: String) -> String {
    "\(file) decides \(counted(counts.values.reduce(0, +), "event"))\(counts.isEmpty ? "" : ":")"
  }

  /// Why nothing is listed of events that were made up, or recorded by somebody else.
  package static let nothingToCompare = "none of these events says what was decided then"

  /// How many events each rule decides, most first.
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
      "  and \(counted(rest.reduce(0) { $0 + $1.value }, "event")) by \(counted(rest.count, "other rule"))"
    ]
  }

  /// `of 9,210 events 14 change; 3 newly reach agent `ops``
  package static func summary(_ comparison: ReplayCounts) -> [String] {
    let agents = [("newly", comparison.gained), ("no longer", comparison.lost)].flatMap { how, counts in
      counts.sorted { $0.key < $1.key }.map { agent, count in
        "\(count.grouped) \(how) \(count == 1 ? "reaches" : "reach") agent `\(shown(agent))`"
      }
    }
    let none = comparison.changed == 0
    let changes = none ? "none changes" : "\(comparison.changed.grouped) change\(comparison.changed == 1 ? "s" : "")"
    return [
      "of \(counted(comparison.compared, "event")) \(changes)"
        + (agents.isEmpty ? "" : "; " + agents.joined(separator: ", "))
    ] + undecided(comparison)
  }

  /// What could not be decided, and why.
  package static func undecided(_ comparison: ReplayCounts) -> [String] {
    guard comparison.undecided > 0 else { return [] }
    let verb = comparison.undecided == 1 ? "depends on a text" : "depend on texts"
    return [
      "\(comparison.undecided.grouped) more \(verb) that the journal did not keep",
      "(`journal: { text: true }` in the rules file keeps them from then on)",
    ]
  }

  /// An event, in three lines: who, where and when; what was decided; what is.
  package static func change(_ line: EventLine, from old: Verdict, to new: Verdict) -> [String] {
    [head(line), "    was: \(old)", "    now: \(new)"]
  }

  /// A recorded event: who, where and when; what was decided, what shadow rules would have decided, and what came of it.
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

  /// Who wrote where and when, and what, where that is known.
  package static func head(_ line: EventLine) -> String {
    let event = line.event
    let user = event.author.speaker(shown(event.user.name), overrideName: event.overrideName)
    let channel = shown(event.channel.name)
    let place = event.channel.kind == .direct ? "directly" : "in ~\(channel)"
    let text = (line.isTextKept ? event.text : event.body).singleLine(atMost: Limits.textScalarsMax)
    let isCut = event.text.unicodeScalars.count > Limits.textScalarsMax
    return "\(moment(event.milliseconds)) @\(user) \(place)" + (text.isEmpty ? "" : ": \(text)\(isCut ? "…" : "")")
  }

  static func shown(_ name: String) -> String { name.singleLine(atMost: Limits.nameScalarsMax) }

  private static func moment(_ milliseconds: Int64) -> String {
    // The years 0 to 9999: others are no moments but mistakes, shown as they are.
    guard (-62_167_219_200_000..<253_402_300_800_000).contains(milliseconds) else { return String(milliseconds) }
    return Date(timeIntervalSince1970: Double(milliseconds) / 1_000).formatted(.iso8601)
  }

  /// `9,210 events`
  package static func counted(_ count: Int, _ noun: String) -> String {
    "\(count.grouped) \(noun)\(count == 1 ? "" : "s")"
  }
}
