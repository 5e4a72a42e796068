import ArgumentParser
import ConfigLoader
import Core
import Journal
import RuleEngine

struct RulesReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Evaluate recorded events against other rules.",
    usage: "edgecrab rules replay --rules <rules> [<options>] [<file>]",
    discussion: """
      Reads the events of the gateway's journal, or of a file with one event per line, as JSON with the keys of a test's \
      `given`. Names in the rules refer to the IDs that were recorded with them.

      Exit codes: 0, 1 with --exit-code if a decision differs from the recorded one, 2 if something cannot be read, 64 if \
      the arguments are invalid.
      """)

  enum Format: String, CaseIterable, ExpressibleByArgument {
    case human, lines, json
  }

  @Argument(help: "A file of events; - is standard input. Default: the journal.", completion: .file())
  var file: String?

  @Option(help: "The rules file.", completion: .file(extensions: ["yaml", "yml"]))
  var rules: String

  @Option(
    help: ArgumentHelp("Only the journal's events since then: 7d, 12h, 2025-06-01T09:30:00Z.", valueName: "time"),
    transform: TimeArgument.init)
  var since: TimeArgument?

  @Option(help: "human; lines: the rule for each event, none, or ? if its text is missing; json: one line per event.")
  var format = Format.human

  @Flag(help: "List each event whose decision changes.")
  var list = false

  @Flag(help: "Exit with 1 if a decision changes.")
  var exitCode = false

  func validate() throws {
    if file != nil, since != nil {
      throw ValidationError("--since selects events of the journal; it cannot be used with a file")
    }
    if list, format != .human { throw ValidationError("--list requires the format human") }
  }

  func run() throws {
    let environment = Environment.current()
    let rules = try RulesLocation.named(rules).loadOrExit(environment)
    var counts = ReplayCounts()
    var tally: [String?: Int] = [:]
    try exitingOnReadError {
      var replay = try Replay(rules)
      try EventSource(file: file, since: since, environment)
        .forEachBatch(defaults: rules.eventDefaults(at: Timestamp.now.milliseconds)) { batch in
          var output: [String] = []
          for (line, decision) in zip(batch, try replay.decide(batch)) {
            let isChanged = counts.count(line, decision)
            switch format {
            case .lines: output.append(decision.map { $0.verdict.rule ?? "none" } ?? "?")
            case .json: output.append(JSONLine.text(ReplayedEvent(event: line, decided: decision, changed: isChanged)))
            case .human:
              if let decision { tally[decision.verdict.rule, default: 0] += 1 }
              if list, isChanged == true, let then = line.decided, let decision {
                output += ReplayTexts.change(line, from: then.verdict, to: decision.verdict)
              }
            }
          }
          if !output.isEmpty { Output.result(output.joined(separator: "\n")) }
        }
    }
    if format == .human { printSummary(counts, tally) }
    if exitCode, counts.changed > 0 { throw ExitCode(1) }
  }

  private func printSummary(_ counts: ReplayCounts, _ tally: [String?: Int]) {
    var lines = [ReplayTexts.decided(tally, by: rules)] + ReplayTexts.tally(tally)
    lines += counts.compared > 0 ? ReplayTexts.summary(counts) : ReplayTexts.undecided(counts)
    if list || exitCode, counts.events > 0, counts.compared == 0 { lines.append(ReplayTexts.nothingToCompare) }
    Output.result(lines.joined(separator: "\n"))
  }

  private struct ReplayedEvent: Encodable {
    var event: EventLine
    var decided: RecordedDecision?
    var changed: Bool?
  }
}

extension ReplayCounts {
  /// Counts an event, and returns whether its decision differs from the recorded one, or `nil` if either is unknown.
  fileprivate mutating func count(_ line: EventLine, _ decision: RecordedDecision?) -> Bool? {
    guard let decision else {
      countUndecided()
      return nil
    }
    guard let then = line.decided else {
      countAlone()
      return nil
    }
    return count(then.verdict, decision.verdict)
  }
}
