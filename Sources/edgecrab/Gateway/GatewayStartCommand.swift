import ArgumentParser
import ConfigLoader
import Core
import FoundationEssentials
import Gateway
import Hooks
import Logging
import RuleEngine
import Sandbox
import ServerLookup
import Sessions
import Tracing
import Transport

struct GatewayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gateway",
    abstract: "Run the gateway between Mattermost and the agents.",
    subcommands: [GatewayStartCommand.self])
}

struct GatewayStartCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "start",
    abstract: "Connect to Mattermost and answer messages.",
    usage: "edgecrab gateway start [<options>]",
    discussion: """
      MATTERMOST_URL, MATTERMOST_TOKEN and MATTERMOST_ALLOWED_USERS are read from the environment, or from .env in \
      edgecrab's folder, which is ~/.edgecrab unless EDGECRAB_HOME names another. MATTERMOST_TOKEN_FILE names a file with \
      the token instead. EDGECRAB_CLIENT_CERT and EDGECRAB_CLIENT_KEY name the files of a client certificate, for \
      servers that require one.

      When the rules file changes, or on SIGHUP, the new rules become active without a restart; invalid rules are \
      rejected, and the previous ones stay active. If the rules file is invalid at a start, edgecrab starts with its \
      copy of the last good rules from the same path, and says so.

      While the server is down or cannot be reached, a start waits for it and says so. Started by systemd, edgecrab \
      reports its state to it (Type=notify) and sends it watchdog notifications (WatchdogSec=).

      EDGECRAB_STORE, also in .env, keeps the store in a PostgreSQL database (postgresql://user@host/database). \
      Several gateways of one bot with the same database answer together, each post once. When one ends, the others \
      continue its work. One whose rules are not those of the others stands by until they are.

      If the event socket is not available, new posts are polled over REST. Posts that were written while the gateway was \
      not running are read when it starts.

      Rules match IDs: a name in the rules continues to refer to the user, channel or team that had it first, until you \
      change the file or start with --accept-renames.

      With --sandbox, the gateway runs on a local stand-in for Mattermost, which has the users, teams, channels and \
      webhooks that the rules name. MATTERMOST_URL, MATTERMOST_TOKEN and EDGECRAB_STORE are not used, and nothing is \
      kept.

      Exit codes: 0 after SIGTERM or SIGINT, or when its terminal is closed (unless started with `nohup`), 78 if the \
      server rejects the token, 1 if it cannot start for another reason, 64 if the arguments are invalid.
      """)

  @Option(
    help: ArgumentHelp(
      "The rules file. Default: rules.yaml in edgecrab's folder, else the built-in rules.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var rules: String?

  @Flag(help: "Do not start with the last good rules if the rules file is invalid.")
  var noLastGood = false

  @Flag(help: "Re-resolve names in the rules to their current owners.")
  var acceptRenames = false

  @Option(
    help: ArgumentHelp(
      """
      Serve /live, /ready, /health and /metrics; on this machine only, unless an address is given. Default: the value \
      of EDGECRAB_LISTEN, else no listener.
      """,
      valueName: "[address:]port"),
    transform: listenAddress(_:))
  var listen: ListenAddress?

  @Option(
    help: ArgumentHelp("The older name of --listen.", valueName: "[address:]port"), transform: listenAddress(_:))
  var health: ListenAddress?

  @Option(
    help: ArgumentHelp(
      "If the server rejects the token: exit with 78, or retry at growing intervals.", valueName: "exit|retry"),
    transform: onUnauthorized(named:))
  var onUnauthorized: UnauthorizedPolicy?

  @Option(
    help: ArgumentHelp(
      "Seconds between pings to the server; a dead connection is detected after twice that time.", valueName: "seconds")
  )
  var ping: Int?

  @Flag(help: "Connect to a sandbox on this machine instead of a Mattermost server.")
  var sandbox = false

  @Option(help: "The sandbox's port; 0 is any free port.")
  var port: UInt16 = 0

  @Option(
    help: ArgumentHelp("The log level: trace, debug, info, notice, warning, error or critical.", valueName: "level"),
    transform: logLevel(named:))
  var logLevel: Logger.Level = .notice

  @Option(help: "The log format: text or json. Default: the value of EDGECRAB_LOG_FORMAT, else text.")
  var logFormat: LogFormat?

  func validate() throws {
    if listen != nil, health != nil { throw ValidationError("--health is the older name of --listen: use one of them") }
    if port != 0, !sandbox { throw ValidationError("--port requires --sandbox") }
    if sandbox, acceptRenames {
      throw ValidationError("--accept-renames cannot be used with --sandbox, which stores no names")
    }
    if sandbox, onUnauthorized != nil {
      throw ValidationError("--on-unauthorized cannot be used with --sandbox, which accepts its own token")
    }
    if let ping, !(1...3_600).contains(ping) { throw ValidationError("--ping: use 1 to 3600 seconds") }
  }

  func run() async throws {
    let manager = ServiceManager.removeFromEnvironment()
    try OpenFilesLimit.raise()
    manager?.startWatchdog()
    let environment = Environment.current()
    let format = try exitingOnError { () throws(LogFormatError) in try LogFormat(logFormat, environment) }
    var logger = Logger(label: "edgecrab") { _ in StandardErrorLogHandler(format) }
    logger.logLevel = logLevel
    // A sandbox does not use the folder of a gateway for real, and not its .env.
    let variables = sandbox ? ProcessInfo.processInfo.environment : environment.variables
    let listen = try exitingOnError { () throws(ListenVariableError) in try addressToListen(variables) }
    let context = StartContext(
      environment: environment, variables: variables, status: ServiceStatus(manager), listen: listen, logger: logger)
    if sandbox {
      try await runOnSandbox(context)
    } else {
      try await runOnServer(context)
    }
  }

  private func runOnServer(_ context: StartContext) async throws {
    let environment = context.environment
    let settings = try exitingOnError { () throws(SettingsError) in try Settings(environment) }
    let store = try exitingOnError { () throws(StoreLocationError) in try environment.store }
    let hooks = HookFolder.read(settings.home + "/" + HookFolder.name, environment: environment.variables)
    for problem in hooks.problems { Output.message("skipped a hook: \(problem)") }
    try await run(context, prepare: nil) { rules in
      GatewaySettings(
        address: settings.url, token: settings.token, certificate: settings.clientCertificate, rules: rules.first,
        rejection: rules.rejection, source: rules.source, onUnauthorized: onUnauthorized ?? .exit,
        pingInterval: pingInterval, home: environment.home, store: store, journalPath: environment.journalPath,
        acceptsRenames: acceptRenames, hooks: hooks.hooks)
    }
  }

  private func runOnSandbox(_ context: StartContext) async throws {
    let server = try await SandboxCommand.start(port: port)
    let address = try WebAddress(server.url)
    let token = Secret(server.botToken)
    let home = try SandboxHome()
    defer { home.remove() }
    let explainer = SandboxExplainer(address: address, token: token, home: home.path)
    await server.explainPosts { await explainer.explain($0) }
    let invitation = """
      Talk to the bot at
        \(server.pageURL)
      The journal is deleted when the gateway ends. Until then, follow decisions and outcomes with
        EDGECRAB_HOME=\(home.path) edgecrab rules journal --follow
      """
    try await run(context, invitation: invitation) { ruleSet in
      await server.add(namesOf: ruleSet)
      explainer.use(ruleSet)
    } settings: { rules in
      GatewaySettings(
        address: address, token: token, rules: rules.first, rejection: rules.rejection,
        source: rules.source, pingInterval: pingInterval, home: home.path,
        journalPath: Environment.journalPath(in: home.path))
    }
    await server.stop()
  }

  /// Returns the address of the option, else of the environment; `nil` if there is none.
  private func addressToListen(_ variables: [String: String]) throws(ListenVariableError) -> ListenAddress? {
    if let address = listen ?? health { return address }
    return try ListenAddress(variables: variables)
  }

  private var pingInterval: Duration? { ping.map { .seconds($0) } }

  private func run(
    _ context: StartContext, invitation: String? = nil, prepare: (@Sendable (RuleSet) async -> Void)?,
    settings: @escaping @Sendable (StartupRules) -> GatewaySettings
  ) async throws {
    let traces = TraceExport(context.variables, context.logger)
    try await Signals.runReloading { requests in
      try await withTaskCancellationHandler {
        let failure = try await runAgainAndAgain(
          context, traces?.tracer ?? .off, invitation: invitation
        ) { file in
          settings(try await load(file, context, prepare, requests.next()))
        }
        await traces?.end()
        // Cancelled during start-up: not an error.
        guard let failure, !Task.isCancelled else { return }
        Output.message("\(failure)")
        throw ExitCode(failure.exitCode)
      } onCancel: {
        context.status.stop()
      }
    }
  }

  /// Runs a gateway, and another one with the newest settings whenever it has lost its place in a database. Returns why
  /// the last one ended, or `nil` if the task was cancelled.
  ///
  /// - Parameter settings: loads the rules of a file; `nil` is the standard one, or the built-in rules without it.
  private func runAgainAndAgain(
    _ context: StartContext, _ tracer: Tracer, invitation: String?,
    settings: (_ file: String?) async throws -> GatewaySettings
  ) async throws -> GatewayError? {
    var (context, file) = (context, rules)
    while true {
      let (started, name) = await start(context.completing(try await settings(file)), tracer, context.logger)
      // If the file is gone later, the built-in rules would admit people whom it excludes.
      if name == RulesLocation.standardPath(context.environment) { file = name }
      do throws(GatewayError) {
        let gateway = try started.get()
        // The same port again, if any was asked for.
        context.listen = gateway.listening
        try await gateway.run {
          Output.result(["Connected. Press Ctrl-C to stop.", invitation].compactMap(\.self).joined(separator: "\n"))
          StartupPages.release()
        }
        return nil
      } catch {
        guard error.mayStartOver, !Task.isCancelled else { return error }
        context.logger.notice("starting over", metadata: ["reason": "\(error)"])
        // A database that fails in this way again and again is not to be asked all the time.
        do { try await Task.sleep(for: .seconds(1)) } catch _ { return nil }
      }
    }
  }

  /// Starts a gateway and prints its report. Returns the name of its rules, too. The settings are not used outside, so that
  /// nothing keeps the file's text in memory once the gateway runs.
  private func start(
    _ settings: GatewaySettings, _ tracer: Tracer, _ logger: Logger
  ) async -> (Result<Gateway, GatewayError>, rules: String) {
    let name = settings.rules.name
    do throws(GatewayError) {
      let gateway = try await Gateway.start(settings, tracer: tracer, logger: logger)
      Output.result("\(BuildInfo.text)\n\(gateway.report)")
      for warning in gateway.report.warnings { Output.message(warning) }
      return (.success(gateway), name)
    } catch {
      return (.failure(error), name)
    }
  }

  private func load(
    _ file: String?, _ context: StartContext, _ prepare: (@Sendable (RuleSet) async -> Void)?,
    _ requests: AsyncStream<Void>
  ) async throws -> StartupRules {
    let rules: StartupRules
    do throws(RulesRejection) {
      rules = try await StartupRules(
        file: file, prepare: prepare, mayUseLastGood: !noLastGood, requests: requests,
        context.environment)
    } catch {
      // The reason has been printed.
      throw ExitCode(1)
    }
    StartupRules.show(rules.first.message)
    if rules.rejection != nil, !Terminal.showsErrors {
      context.logger.error("last good rules in use", metadata: ["rules": "\(rules.first.name)"])
    }
    return rules
  }

  /// Prints an error and exits with 1.
  private func exitingOnError<Value, Failure: Error & CustomStringConvertible>(
    _ work: () throws(Failure) -> Value
  ) throws -> Value {
    do {
      return try work()
    } catch {
      Output.message(error.description)
      throw ExitCode(1)
    }
  }
}

/// The values of a start that do not depend on where the gateway connects.
private struct StartContext {
  let environment: Environment
  /// The variables that say where to listen and to send traces.
  let variables: [String: String]
  let status: ServiceStatus
  var listen: ListenAddress?
  let logger: Logger

  /// Returns the settings with where the gateway serves and reports its state.
  func completing(_ settings: GatewaySettings) -> GatewaySettings {
    var settings = settings
    settings.listen = listen
    settings.status = status
    if Terminal.showsErrors { settings.showWaiting = { Output.message($0) } }
    return settings
  }
}

private func logLevel(named name: String) throws -> Logger.Level {
  if let level = Logger.Level(rawValue: name) { return level }
  let names = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
  throw ValidationError("there is no log level '\(name)'; use one of \(names)")
}

private func listenAddress(_ text: String) throws -> ListenAddress {
  do {
    return try ListenAddress(text)
  } catch {
    throw ValidationError("\(error)")
  }
}

private func onUnauthorized(named name: String) throws -> UnauthorizedPolicy {
  if let choice = UnauthorizedPolicy(rawValue: name) { return choice }
  let names = UnauthorizedPolicy.allCases.map(\.rawValue).joined(separator: " or ")
  throw ValidationError("use \(names)")
}
