import ArgumentParser
import ConfigLoader
import Core
import FoundationEssentials
import Journal
import RuleAnalysis
import RuleEngine

struct RulesDiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Compare two rules files and their decisions.",
    usage: "edgecrab rules diff [<options>] <old> <new>",
    discussion: """
      The files are compared by their meaning: comments, key order and explicit defaults are not differences. Then both \
      are evaluated for the events of --events, else of the gateway's journal if it exists.

      Exit codes: 0, 1 with --exit-code if the files or a decision differ, 2 if something cannot be read, 64 if the \
      arguments are invalid.
      """)

  enum Format: String, CaseIterable, ExpressibleByArgument {
    case human, json
  }

  @Argument(help: "The old rules file.", completion: .file(extensions: ["yaml", "yml"]))
  var old: String

  @Argument(help: "The new rules file.", completion: .file(extensions: ["yaml", "yml"]))
  var new: String

  @Option(help: "A file of events; - is standard input.", completion: .file())
  var events: String?

  @Option(
    help: ArgumentHelp("Only the journal's events since then: 7d, 12h, 2025-06-01T09:30:00Z.", valueName: "time"),
    transform: TimeArgument.init)
  var since: TimeArgument?

  @Option(help: "human, or json: with --list one line per event, then one for the rest.")
  var format = Format.human

  @Flag(help: "List each event whose decision changes.")
  var list = false

  @Flag(help: "Exit with 1 if anything differs.")
  var exitCode = false

  func validate() throws {
    if events != nil, since != nil {
      throw ValidationError("--since selects events of the journal; it cannot be used with --events")
    }
  }

  func run() throws {
    let environment = Environment.current()
    let rules = try [old, new].map { try RulesLocation.named($0).loadOrExit(environment) }
    let difference = RuleSetDifference(from: rules[0], to: rules[1])
    if format == .human { Output.result(([difference.summary] + difference.sentences).joined(separator: "\n")) }
    var counts: ReplayCounts?
    if let source = source(environment) {
      var comparator = try exitingOnReadError { try ReplayComparator(from: rules[0], to: rules[1]) }
      try exitingOnReadError {
        try source.forEachBatch(defaults: rules[0].eventDefaults(at: Timestamp.now.milliseconds)) { batch in
          let changes = try comparator.compare(batch)
          if list, !changes.isEmpty { Output.result(changes.map(text).joined(separator: "\n")) }
        }
      }
      counts = comparator.comparison
    }
    switch format {
    case .human: if let counts { Output.result(ReplayTexts.summary(counts).joined(separator: "\n")) }
    case .json: Output.result(JSONLine.text(Report(difference: difference, events: counts)))
    }
    if exitCode, !difference.isEmpty || counts.map({ $0.changed > 0 }) == true { throw ExitCode(1) }
  }

  /// Returns the events to evaluate, or `nil` if no events were requested and there is no journal.
  private func source(_ environment: Environment) -> EventSource? {
    if events == nil, since == nil, !FileManager.default.fileExists(atPath: environment.journalPath) { return nil }
    return EventSource(file: events, since: since, environment)
  }

  private func text(_ change: ReplayComparator.Change) -> String {
    switch format {
    case .human:
      ReplayTexts.change(change.event, from: change.was.verdict, to: change.now.verdict).joined(separator: "\n")
    case .json: JSONLine.text(change)
    }
  }

  private struct Report: Encodable {
    var difference: RuleSetDifference
    var events: ReplayCounts?
  }
}
