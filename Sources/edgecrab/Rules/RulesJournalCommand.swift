import ArgumentParser
import ConfigLoader
import Journal

struct RulesJournalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "journal",
    abstract: "List the decisions that the gateway recorded.",
    discussion: """
      --format json writes the events as lines that `rules replay` and `rules diff` read.

      It exits with 0, and with 2 if there is no journal or it cannot be read.
      """)

  enum Format: String, CaseIterable, ExpressibleByArgument {
    case human, json
  }

  @Option(
    help: ArgumentHelp("Only events since: 7d, 12h, 2025-06-01T09:30:00Z.", valueName: "time"),
    transform: SinceArgument.init)
  var since: SinceArgument?

  @Option(help: "human, or json: a line an event.")
  var format = Format.human

  func run() throws {
    let source = EventSource(file: nil, since: since, Environment.current())
    try exitingWith2 {
      try source.forEachBatch(defaults: EventDefaults(milliseconds: .now)) { batch in
        let lines = format == .json ? batch.map(\.json) : batch.flatMap(ReplayTexts.recorded)
        Output.result(lines.joined(separator: "\n"))
      }
    }
  }
}
