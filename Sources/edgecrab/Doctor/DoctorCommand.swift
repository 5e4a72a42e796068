import ArgumentParser
import ConfigLoader
import Gateway
import Logging

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Find out why the gateway would not answer.",
    discussion: """
      It looks at the settings, the way to Mattermost, the token, the event socket,
      the teams and channels with what the bot may do there, edgecrab's folder and
      the rules, and says of each what is wrong and what to do. It posts nothing,
      writes no file and shows no token.

      Exit codes: 0 where nothing is wrong, 1 where something is, 64 where the
      arguments are none.
      """)

  @Option(
    help: ArgumentHelp(
      "The rules file. Without it: rules.yaml in edgecrab's folder, else the built-in rules.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var rules: String?

  @Option(help: "How to print it: human or json.")
  var format: DoctorReport.Format = .human

  func run() async throws {
    try OpenFilesLimit.prepare()
    let environment = Environment.current()
    let source = rules.map(RulesLocation.file) ?? .standard(environment)
    let loaded = Result { () throws(RulesFileError) in try source.load(environment, notesNames: true) }
    let report = await Doctor(DiagnosticInput(environment, rules: loaded), logger: .quiet).examine()
    Output.result(format == .json ? report.json : report.human(Terminal.style))
    if report.isWrong { throw ExitCode(1) }
  }
}

extension DoctorReport.Format: ExpressibleByArgument {}
