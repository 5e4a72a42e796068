import ArgumentParser
import ConfigLoader
import Core
import FoundationEssentials
import Gateway
import Hooks
import Logging
import Sandbox

struct GatewayStartCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "start",
    abstract: "Connect to Mattermost and answer.",
    usage: "edgecrab gateway start [<options>]",
    discussion: """
      It reads MATTERMOST_URL, MATTERMOST_TOKEN and MATTERMOST_ALLOWED_USERS from the environment, or from .env in \
      edgecrab's folder, which is ~/.edgecrab unless EDGECRAB_HOME names another. EDGECRAB_CLIENT_CERT and \
      EDGECRAB_CLIENT_KEY name the files of a certificate for a server that asks for one.

      A change of the rules file, or SIGHUP, has it take over the newest rules without a restart; bad ones are \
      refused, and those in force stay. If the rules file is bad at start, it starts with the last good one of the \
      same path, of which it keeps a copy in its folder, and says so.

      Where the event socket cannot be had, it asks for new posts over REST; what was posted while it was not running \
      is read when it starts.

      Rules match ids: a name in them goes on standing for the user, channel or team that it first led to, whatever \
      that is called later and whoever takes the name over, until the file or --accept-renames says otherwise.

      It exits with 0 when told to end by SIGTERM or SIGINT, or when the terminal is closed that it was started on \
      without `nohup`, with 78 if the server does not accept the token, and with 1 if it cannot start for another reason.
      """)

  @Option(
    help: ArgumentHelp(
      "The rules file. Without it: rules.yaml in edgecrab's folder, else the built-in rules.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var rules: String?

  @Flag(help: "Do not start with the last good rules when the rules file is bad.")
  var noLastGood = false

  @Flag(
    help: "Let the names in the rules stand for whoever bears them now, though others bore them at the last start.")
  var acceptRenames = false

  @Option(
    help: ArgumentHelp(
      "Tell at http://…/health how the gateway is; without an address only this machine reaches it.",
      valueName: "[address:]port"),
    transform: healthAddress(_:))
  var health: HealthAddress?

  @Option(
    help: ArgumentHelp(
      "What to do when the server does not accept the token: exit with 78, or retry at growing intervals.",
      valueName: "exit|retry"),
    transform: onUnauthorized(named:))
  var onUnauthorized: UnauthorizedPolicy?

  @Option(
    help: ArgumentHelp(
      "How often to ask the server whether it is there; a dead connection is found after twice that time.",
      valueName: "seconds"))
  var ping: Int?

  @Flag(help: "Connect to a sandbox on this machine instead of a Mattermost server.")
  var sandbox = false

  @Option(help: "The sandbox's port; any free one unless said.")
  var port: UInt16 = 0

  @Option(
    help: ArgumentHelp("How much to log: trace, debug, info, notice, warning, error or critical.", valueName: "level"),
    transform: logLevel(named:))
  var logLevel: Logger.Level = .notice

  @Option(
    help: ArgumentHelp(
      "How to write the log: text for people, json for programs. Without it: what EDGECRAB_LOG_FORMAT says, else text.")
  )
  var logFormat: LogFormat?

  func validate() throws {
    if port != 0, !sandbox { throw ValidationError("--port is the sandbox's; give --sandbox with it") }
    if sandbox, acceptRenames {
      throw ValidationError("--accept-renames is for a server's names; a sandbox keeps none")
    }
    if sandbox, onUnauthorized != nil {
      throw ValidationError("--on-unauthorized is for a server's token; a sandbox accepts its own")
    }
    if let ping, !(1...3_600).contains(ping) { throw ValidationError("--ping: give 1 to 3600 seconds") }
  }

  func run() async throws {
    try OpenFilesLimit.prepare()
    let environment = Environment.current()
    let format = try failing { () throws(LogFormat.Unknown) in try LogFormat(logFormat, environment) }
    let logger = Self.logger(logLevel, format)
    let settings = sandbox ? nil : try failing { () throws(SettingsError) in try Settings(environment) }
    if let settings {
      let hooks = HookFolder.read(settings.home + "/" + HookFolder.name, environment: environment.variables)
      for problem in hooks.problems { Output.notice("edgecrab: a hook is left out: \(problem)") }
      try await start(environment, logger) { rules in
        GatewaySettings(
          address: settings.url, token: settings.token, certificate: settings.clientCertificate, rules: rules.first,
          refusal: rules.refusal, supply: rules.supply, health: health, onUnauthorized: onUnauthorized ?? .exit,
          pingInterval: pingInterval, storePath: environment.storePath,
          journalPath: environment.journalPath, acceptsRenames: acceptRenames,
          hooks: hooks.hooks)
      }
    } else {
      let server = try await SandboxCommand.start(port: port)
      let address = try WebAddress(server.url)
      let home = try SandboxHome()
      defer { home.remove() }
      let invitation = """
        Talk to the bot at
          \(server.pageURL)
        See what it decides, and what comes of it, with
          EDGECRAB_HOME=\(home.path) edgecrab rules journal --follow
        """
      try await start(environment, logger, invitation: invitation) { rules in
        GatewaySettings(
          address: address, token: Secret(server.botToken), rules: rules.first, refusal: rules.refusal,
          supply: rules.supply, health: health, pingInterval: pingInterval, storePath: home.path + "/edgecrab.sqlite",
          journalPath: Environment.journalPath(in: home.path))
      }
      await server.stop()
    }
  }

  private var pingInterval: Duration? { ping.map { .seconds($0) } }

  private func load(
    _ environment: Environment, _ requests: AsyncStream<Void>, _ logger: Logger
  ) throws -> StartupRules {
    let rules: StartupRules
    do throws(RulesRejection) {
      rules = try StartupRules(
        file: self.rules, isSandbox: sandbox, mayUseLastGood: !noLastGood, requests: requests, environment)
    } catch {
      throw ExitCode(1)
    }
    StartupRules.tell(rules.first.news)
    if rules.refusal != nil, !Terminal.showsErrors {
      logger.error("last good rules in use", metadata: ["rules": "\(rules.first.name)"])
    }
    return rules
  }

  private func start(
    _ environment: Environment, _ logger: Logger, invitation: String? = nil,
    settings: @escaping @Sendable (StartupRules) -> GatewaySettings
  ) async throws {
    try await Signals.runReloading { requests in
      do {
        // Loaded in here and held by nothing out there: what starts a gateway, a file's text with it, is let go then.
        let gateway = try await Gateway.start(settings(try load(environment, requests, logger)), logger: logger)
        Output.result("edgecrab \(EdgecrabCommand.configuration.version)\n\(gateway.report)")
        for warning in gateway.report.warnings { Output.notice("edgecrab: \(warning)") }
        try await gateway.run {
          Output.result(["Connected. Ctrl-C ends it.", invitation].compactMap(\.self).joined(separator: "\n"))
        }
      } catch let error as GatewayError {
        // Whoever ends it while it starts asked for just that, and not for what could not be finished.
        if Task.isCancelled { return }
        Output.notice("edgecrab: \(error)")
        throw ExitCode(error.exitCode)
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

  private static func logger(_ level: Logger.Level, _ format: LogFormat) -> Logger {
    var logger = Logger(label: "edgecrab") { _ in StandardErrorLogHandler(format) }
    logger.logLevel = level
    return logger
  }
}

private func logLevel(named name: String) throws -> Logger.Level {
  if let level = Logger.Level(rawValue: name) { return level }
  let names = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
  throw ValidationError("there is no log level '\(name)'; take one of \(names)")
}

private func healthAddress(_ text: String) throws -> HealthAddress {
  do {
    return try HealthAddress(text)
  } catch {
    throw ValidationError("--health: \(error)")
  }
}

private func onUnauthorized(named name: String) throws -> UnauthorizedPolicy {
  if let choice = UnauthorizedPolicy(rawValue: name) { return choice }
  let names = UnauthorizedPolicy.allCases.map(\.rawValue).joined(separator: " or ")
  throw ValidationError("--on-unauthorized: there is no '\(name)'; write \(names)")
}
