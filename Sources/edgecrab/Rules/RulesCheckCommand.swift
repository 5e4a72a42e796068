import ArgumentParser
import ConfigLoader
import Doctor
import Logging
import RulesTools
import ServerLookup
import Transport

struct RulesCheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Find every error in rules files.",
    usage: "edgecrab rules check [<options>] [<files> ...]",
    discussion: """
      Without a file, checks ~/.edgecrab/rules.yaml if it exists, else the built-in \
      rules. The gateway rejects a file with an error and accepts one with warnings.

      --online looks up the users, channels and teams that the files name on the \
      server; a name that it does not know is an error. MATTERMOST_URL and \
      MATTERMOST_TOKEN are read as by `gateway start`. Nothing is posted. Agents are \
      checked without sending them a message: endpoints are asked for their models, \
      and programs of the Agent Client Protocol are started for a handshake.

      Exit codes: 0 if the files are valid, 1 if one has an error (with --strict also \
      if one has a warning), 2 if a file cannot be read or the server cannot be \
      reached, 64 if the arguments are invalid.
      """)

  @Argument(help: "The rules files.", completion: .file(extensions: ["yaml", "yml"]))
  var files: [String] = []

  @Option(help: "The output format.")
  var format: CheckReport.Format = .human

  @Flag(help: "Treat warnings as errors.")
  var strict = false

  @Flag(help: "Look up names on the server, and check whether the agents can answer.")
  var online = false

  func run() async throws {
    let environment = Environment.current()
    let locations = files.isEmpty ? [RulesLocation.standard(environment)] : files.map(RulesLocation.named)
    var checked = locations.map { location in
      CheckedFile(
        name: location.name,
        outcome: Result { () throws(RulesFileError) in
          try location.load(environment, notesNames: online).analyzed()
        })
    }
    if online { checked = try await checkOnline(checked, environment) }
    let report = CheckReport(checked)
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

  /// Returns the files with additional diagnostics for names that the server does not know and agents that cannot
  /// answer.
  private func checkOnline(_ files: [CheckedFile], _ environment: Environment) async throws -> [CheckedFile] {
    do {
      let settings = try Settings(environment)
      let server = try await OnlineCheck(
        at: settings.url, token: settings.token, certificate: settings.clientCertificate,
        environment: environment.variables, logger: .quiet)
      var checked: [CheckedFile] = []
      for file in files {
        switch file.outcome {
        case .success(let loaded):
          checked.append(CheckedFile(name: file.name, outcome: .success(try await server.check(loaded))))
        case .failure: checked.append(file)
        }
      }
      return checked
    } catch let error where error is SettingsError || error is ServerLookupError {
      throw cannotRun("\(error)")
    }
  }
}

extension CheckReport.Format: ExpressibleByArgument {}
