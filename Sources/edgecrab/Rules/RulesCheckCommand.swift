import ArgumentParser
import ConfigLoader
import Gateway
import Logging
import Transport

struct RulesCheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Find every mistake in rules files.",
    usage: "edgecrab rules check [<options>] [<files> ...]",
    discussion: """
      Without a file it checks ~/.edgecrab/rules.yaml if there, else the built-in \
      rules. An error keeps the gateway from taking the file, a warning does not.

      With --online the server is asked for the users, channels and teams that the \
      files name; one that it does not know is an error. For that, MATTERMOST_URL and \
      MATTERMOST_TOKEN are read as `gateway start` reads them. Nothing is posted. The \
      agents' endpoints are asked for their models, programs of the Agent Client \
      Protocol are started for a greeting; no agent is asked anything.

      Exit codes: 0 where the files are good, 1 where one has an error (with --strict \
      also where there is a warning), 2 where a file cannot be read, or the server \
      cannot be asked.
      """)

  @Argument(help: "The rules files.", completion: .file(extensions: ["yaml", "yml"]))
  var files: [String] = []

  @Option(help: "How to print the findings.")
  var format: CheckReport.Format = .human

  @Flag(help: "Let a warning count as an error.")
  var strict = false

  @Flag(help: "Ask the server for the names in the files, and look whether the agents can be asked.")
  var online = false

  func run() async throws {
    let environment = Environment.current()
    let sources = files.isEmpty ? [RulesLocation.standard(environment)] : files.map(RulesLocation.named)
    var checked = sources.map { source in
      CheckedFile(
        name: source.name,
        outcome: Result { () throws(RulesFileError) in
          try source.load(environment, notesNames: online).analyzed()
        })
    }
    if online { checked = try await askServer(about: checked, environment) }
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

  /// The files with what the server does not know.
  private func askServer(about files: [CheckedFile], _ environment: Environment) async throws -> [CheckedFile] {
    do {
      let settings = try Settings(environment)
      let server = try await OnlineCheck(
        at: settings.url, token: settings.token, certificate: settings.clientCertificate,
        environment: environment.variables, logger: .quiet)
      var asked: [CheckedFile] = []
      for file in files {
        switch file.outcome {
        case .success(let loaded):
          asked.append(CheckedFile(name: file.name, outcome: .success(try await server.check(loaded))))
        case .failure: asked.append(file)
        }
      }
      return asked
    } catch let error where error is SettingsError || error is GatewayError {
      for line in "\(error)".split(separator: "\n") { Output.notice("edgecrab: \(line)") }
      throw ExitCode(2)
    }
  }
}

extension CheckReport.Format: ExpressibleByArgument {}
