import ArgumentParser
import ConfigLoader
import FoundationEssentials
import Gateway
import Logging
import RuleEngine
import Sandbox
import Vocabulary

struct GatewayStartCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "start",
    abstract: "Connect to Mattermost and answer.",
    discussion: """
      It reads MATTERMOST_URL, MATTERMOST_TOKEN and MATTERMOST_ALLOWED_USERS from the environment, or from .env in \
      edgecrab's folder, which is ~/.edgecrab unless EDGECRAB_HOME names another.

      It exits with 0 when told to end by SIGTERM or SIGINT, and with 1 if it cannot start.
      """)

  @Option(
    help: ArgumentHelp(
      "The rules file. Without it: rules.yaml in edgecrab's folder, else the built-in rules.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var rules: String?

  @Flag(help: "Connect to a sandbox on this machine instead of a Mattermost server.")
  var sandbox = false

  @Option(help: "The sandbox's port; any free one unless said.")
  var port: UInt16 = 0

  @Option(
    help: ArgumentHelp("How much to log: trace, debug, info, notice, warning, error or critical.", valueName: "level"),
    transform: logLevel(named:))
  var logLevel: Logger.Level = .notice

  func validate() throws {
    if port != 0, !sandbox { throw ValidationError("--port is the sandbox's; give --sandbox with it") }
  }

  func run() async throws {
    let logger = Self.logger(logLevel)
    let environment = Environment.current()
    let source = rules.map(RulesSource.file) ?? .standard(environment)
    let ruleSet = try load(source, environment)

    if sandbox {
      let server = try await SandboxCommand.start(port: port)
      let home = try SandboxHome()
      defer { home.remove() }
      try await start(
        GatewaySettings(
          address: try WebAddress(server.url), token: Secret(server.botToken), rules: ruleSet, rulesName: source.name,
          storePath: home.path + "/edgecrab.sqlite", journalPath: nil),
        logger, invitation: "Talk to the bot at\n  \(server.pageURL)")
      await server.stop()
    } else {
      let settings = try failing { () throws(SettingsFailure) in try Settings(environment) }
      try await start(
        GatewaySettings(
          address: settings.url, token: settings.token, rules: ruleSet, rulesName: source.name,
          storePath: settings.home + "/edgecrab.sqlite", journalPath: environment.journalPath),
        logger, invitation: nil)
    }
  }

  private func load(_ source: RulesSource, _ environment: Environment) throws -> RuleSet {
    let loaded = try failing { () throws(RulesFileError) in try source.load(environment) }
    if !loaded.isClean { Output.notice(loaded.report) }
    guard let rules = loaded.rules else { throw ExitCode(1) }
    let allowed = "MATTERMOST_ALLOWED_USERS"
    if environment.variables[allowed]?.isEmpty == false, !loaded.variables.contains(allowed) {
      Output.notice(
        """
        edgecrab: \(allowed) is set, but \(source.name) does not use it: who may talk is what the file says. \
        To have the variable decide, write `access: { users: "${\(allowed):-*}" }` there.
        """)
    }
    return rules
  }

  private func start(_ settings: GatewaySettings, _ logger: Logger, invitation: String?) async throws {
    try await Signals.run {
      do {
        let gateway = try await Gateway.start(settings, logger: logger)
        Output.result("edgecrab \(EdgeCrab.configuration.version)\n\(gateway.report)")
        for warning in gateway.report.warnings { Output.notice("edgecrab: \(warning)") }
        try await gateway.run {
          Output.result(["Connected. Ctrl-C ends it.", invitation].compactMap(\.self).joined(separator: "\n"))
        }
      } catch let error as GatewayError {
        // Whoever ends it while it starts asked for just that, and not for what could not be finished.
        if Task.isCancelled { return }
        Output.notice("edgecrab: \(error)")
        throw ExitCode(1)
      }
    }
  }

  /// Says an error in its own words and ends with 1.
  private func failing<Value, Failure: Error & CustomStringConvertible>(
    _ work: () throws(Failure) -> Value
  ) throws -> Value {
    do {
      return try work()
    } catch {
      for line in error.description.split(separator: "\n") { Output.notice("edgecrab: \(line)") }
      throw ExitCode(1)
    }
  }

  private static func logger(_ level: Logger.Level) -> Logger {
    var logger = Logger(label: "edgecrab") { label in StreamLogHandler.standardError(label: label) }
    logger.logLevel = level
    return logger
  }
}

private func logLevel(named name: String) throws -> Logger.Level {
  if let level = Logger.Level(rawValue: name) { return level }
  let names = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
  throw ValidationError("there is no log level '\(name)'; take one of \(names)")
}
