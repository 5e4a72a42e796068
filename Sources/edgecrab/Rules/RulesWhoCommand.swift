import ArgumentParser
import ConfigLoader

struct RulesWhoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "who",
    abstract: "List everyone and everywhere that can reach an agent.",
    discussion: """
      Each rule that asks the agent, and each command that does under a rule: who may, \
      where, by what, and what else is asked. What `access` keeps out and what earlier \
      rules take is left out. No server is asked: names stand for themselves.

      Without a file it reads ~/.edgecrab/rules.yaml if there, else the built-in rules.

      Exit codes: 0 where it could be told, 2 where the file has errors or no such \
      agent, or cannot be read.
      """)

  @Option(help: "The agent.")
  var agent: String

  @Option(help: "How to print it.")
  var format: ReachReport.Format = .human

  @Argument(help: "The rules file.", completion: .file(extensions: ["yaml", "yml"]))
  var file: String?

  func run() throws {
    let environment = Environment.current()
    let source = file.map(RulesLocation.named) ?? RulesLocation.standard(environment)
    do {
      let loaded = try source.load(environment)
      guard let rules = loaded.rules else {
        Output.notice(loaded.report)
        throw ExitCode(2)
      }
      let report = try ReachReport(agent: agent, in: rules)
      Output.result(format == .json ? report.json : report.text)
    } catch let error where error is RulesFileError || error is ReachError {
      Output.notice("edgecrab: \(error)")
      throw ExitCode(2)
    }
  }
}

extension ReachReport.Format: ExpressibleByArgument {}
