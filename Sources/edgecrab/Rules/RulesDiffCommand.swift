import ArgumentParser
import ConfigLoader
import FoundationEssentials
import Journal
import RuleEngine

struct RulesDiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Say what differs between two rules files, and which events change.",
    usage: "edgecrab rules diff [<options>] <old> <new>",
    discussion: """
      The files are compared by what they mean: comments, order of keys and defaults written out are no difference. \
      Then both decide the events of --events, else those of the gateway's journal where there is one.

      It exits with 0, with 1 if --exit-code is given and the files or a decision differ, and with 2 if something \
      cannot be read.
      """)

  enum Format: String, CaseIterable, ExpressibleByArgument {
    case human, json
  }

  @Argument(help: "The rules file to compare with.", completion: .file(extensions: ["yaml", "yml"]))
  var old: String

  @Argument(help: "The other rules file.", completion: .file(extensions: ["yaml", "yml"]))
  var new: String

  @Option(help: "A file of events, - for standard input.", completion: .file())
  var events: String?

  @Option(
    help: ArgumentHelp("Only the journal's events since: 7d, 12h, 2025-06-01T09:30:00Z.", valueName: "time"),
    transform: SinceArgument.init)
  var since: SinceArgument?

  @Option(help: "human; json: a line each event with --list, then one with all else.")
  var format = Format.human

  @Flag(help: "List each event that changes.")
  var list = false

  @Flag(help: "Exit with 1 if anything differs.")
  var exitCode = false

  func validate() throws {
    if events != nil, since != nil { throw ValidationError("--since is the journal's; leave it out with --events") }
  }

  func run() throws {
    let environment = Environment.current()
    let rules = try [old, new].map { try RulesLocation.named($0).loadOrExit(environment) }
    let difference = RuleSetDifference(from: rules[0], to: rules[1])
    if format == .human { Output.result(([difference.summary] + difference.sentences).joined(separator: "\n")) }
    var comparison: ReplayCounts?
    if let source = source(environment) {
      var change = try exitingWith2 { try ReplayComparator(from: rules[0], to: rules[1]) }
      try exitingWith2 {
        try source.forEachBatch(defaults: rules[0].eventDefaults(at: .now)) { batch in
          let changes = try change.compare(batch)
          if list, !changes.isEmpty { Output.result(changes.map(text).joined(separator: "\n")) }
        }
      }
      comparison = change.comparison
    }
    switch format {
    case .human: if let comparison { Output.result(ReplayTexts.summary(comparison).joined(separator: "\n")) }
    case .json: Output.result(JSONLine.text(Everything(difference: difference, events: comparison)))
    }
    if exitCode, !difference.isEmpty || comparison.map({ $0.changed > 0 }) == true { throw ExitCode(1) }
  }

  /// Nobody asked for the journal in so many words: where there is none, there are no events.
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
}

private struct Everything: Encodable {
  var difference: RuleSetDifference
  var events: ReplayCounts?
}
