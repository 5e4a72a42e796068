import ArgumentParser
import ConfigLoader
import Doctor
import Logging

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Find out why the gateway does not answer.",
    discussion: """
      Checks the settings, the connection to Mattermost, the token, the event socket, \
      the bot's teams, channels and permissions, edgecrab's folder, the rules and the \
      agents, and says what is wrong and how to fix it. It posts nothing, leaves no \
      file behind and prints no token.

      Exit codes: 0 if nothing is wrong, 1 if something is, 64 if the arguments are \
      invalid.
      """)

  @Option(
    help: ArgumentHelp(
      "The rules file. Default: rules.yaml in edgecrab's folder, else the built-in rules.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var rules: String?

  @Option(help: "The output format.")
  var format: DoctorReport.Format = .human

  func run() async throws {
    try OpenFilesLimit.raise()
    let environment = Environment.current()
    let location = rules.map(RulesLocation.file) ?? .standard(environment)
    let loaded = Result { () throws(RulesFileError) in try location.load(environment, notesNames: true) }
    let input = DiagnosticInput(environment, rules: loaded, ofStart: StartVariables.checks(environment))
    let report = await Doctor(input, logger: .quiet).examine()
    Output.result(format == .json ? report.json : report.human(Terminal.style))
    if report.isWrong { throw ExitCode(1) }
  }
}

extension DoctorReport.Format: ExpressibleByArgument {}
