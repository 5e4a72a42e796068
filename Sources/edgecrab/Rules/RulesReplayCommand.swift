import ArgumentParser
import ConfigLoader
import Journal
import RuleEngine

struct RulesReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Decide recorded events again, by other rules.",
    usage: "edgecrab rules replay --rules <rules> [<options>] [<file>]",
    discussion: """
      It takes the events of the gateway's journal, or those of a file with one event a line, as JSON with the keys of \
      a test's `given`. Names in the rules stand for the ids that the events have beside them.

      It exits with 0, with 1 if --exit-code is given and a decision differs from the recorded one, and with 2 if \
      something cannot be read.
      """)

  enum Format: String, CaseIterable, ExpressibleByArgument {
    case human, lines, json
  }

  @Argument(help: "A file of events, - for standard input; the journal unless said.", completion: .file())
  var file: String?

  @Option(help: "The rules file.", completion: .file(extensions: ["yaml", "yml"]))
  var rules: String

  @Option(
    help: ArgumentHelp("Only the journal's events since: 7d, 12h, 2025-06-01T09:30:00Z.", valueName: "time"),
    transform: SinceArgument.init)
  var since: SinceArgument?

  @Option(help: "human; lines: the rule of each event, none, or ? where its text is missing; json: a line an event.")
  var format = Format.human

  @Flag(help: "List each event that is decided differently than then.")
  var list = false

  @Flag(help: "Exit with 1 if an event is decided differently than then.")
  var exitCode = false

  func validate() throws {
    if file != nil, since != nil { throw ValidationError("--since is the journal's; leave it out with a file") }
    if list, format != .human { throw ValidationError("--list goes with the format human only") }
  }

  func run() throws {
    let environment = Environment.current()
    let rules = try RulesLocation.named(rules).loadOrExit(environment)
    var comparison = ReplayCounts()
    var tally: [String?: Int] = [:]
    try exitingWith2 {
      var replay = try Replay(rules)
      try EventSource(file: file, since: since, environment)
        .forEachBatch(defaults: rules.eventDefaults(at: .now)) { batch in
          var output: [String] = []
          for (line, decision) in zip(batch, try replay.decide(batch)) {
            let isChanged = comparison.count(line, decision)
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
    if format == .human { summarize(comparison, tally) }
    if exitCode, comparison.changed > 0 { throw ExitCode(1) }
  }

  private func summarize(_ comparison: ReplayCounts, _ tally: [String?: Int]) {
    var lines = [ReplayTexts.decided(tally, by: rules)] + ReplayTexts.tally(tally)
    lines += comparison.compared > 0 ? ReplayTexts.summary(comparison) : ReplayTexts.undecided(comparison)
    if list || exitCode, comparison.events > 0, comparison.compared == 0 { lines.append(ReplayTexts.nothingToCompare) }
    Output.result(lines.joined(separator: "\n"))
  }
}

/// An event with what is decided now.
private struct ReplayedEvent: Encodable {
  var event: EventLine
  var decided: RecordedDecision?
  var changed: Bool?
}

extension ReplayCounts {
  /// Counts an event against what was decided then; tells whether it changes, or nil where one of both is not known.
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
