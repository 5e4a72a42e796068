public import ArgumentParser
import ConfigLoader
import Transport

struct RulesCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Find every mistake in rules files.",
    discussion: """
      Without a file it checks ~/.edgecrab/rules.yaml if there, else the built-in \
      rules. An error keeps the gateway from taking the file, a warning does not.

      Exit codes: 0 where the gateway takes every file, 1 where it refuses one (with \
      --strict also where there is a warning), 2 where a file cannot be read.
      """)

  @Argument(help: "The rules files.", completion: .file(extensions: ["yaml", "yml"]))
  var files: [String] = []

  @Option(help: "How to print the findings.")
  var format: CheckReport.Format = .human

  @Flag(help: "Let a warning count as an error.")
  var strict = false

  func run() throws {
    let environment = Environment.current()
    let sources = files.isEmpty ? [RulesSource.standard(environment)] : files.map(RulesSource.named)
    let report = CheckReport(
      sources.map { source in
        CheckedFile(
          name: source.name,
          outcome: Result { () throws(RulesFileError) in try source.load(environment).analyzed() })
      })
    switch format {
    case .human:
      Output.result(report.human(Terminal.style))
      Output.notice(report.problems)
    case .json: Output.result(report.json)
    case .sarif: Output.result(report.sarif(version: UserAgent.version))
    case .github: Output.result(report.github)
    }
    let status = report.status(isStrict: strict)
    if status != 0 { throw ExitCode(status) }
  }
}

extension CheckReport.Format: ExpressibleByArgument {}
