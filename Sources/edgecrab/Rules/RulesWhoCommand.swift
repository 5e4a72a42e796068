import ArgumentParser
import ConfigLoader
import RulesTools

struct RulesWhoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "who",
    abstract: "List who can reach an agent, and where.",
    discussion: """
      Lists each rule that calls the agent, and each command that does so under a \
      rule: who, where, by which trigger, and further conditions. Users whom `access` \
      excludes and messages for which earlier rules decide are left out. No server is \
      contacted: names are compared as written.

      Without a file, reads ~/.edgecrab/rules.yaml if it exists, else the built-in \
      rules.

      Exit codes: 0, 2 if the file cannot be read, has errors or has no such agent, 64 \
      if the arguments are invalid.
      """)

  @Option(help: "The agent.")
  var agent: String

  @Option(help: "The output format.")
  var format: ReachReport.Format = .human

  @Argument(help: "The rules file.", completion: .file(extensions: ["yaml", "yml"]))
  var file: String?

  func run() throws {
    let environment = Environment.current()
    let rules = try (file.map(RulesLocation.named) ?? .standard(environment)).loadOrExit(environment)
    do throws(ReachError) {
      let report = try ReachReport(agent: agent, in: rules)
      Output.result(format == .json ? report.json : report.text)
    } catch {
      throw cannotRun("\(error)")
    }
  }
}

extension ReachReport.Format: ExpressibleByArgument {}
