import ArgumentParser
import ConfigLoader
import Core
import Logging
import RuleEngine
import Sandbox

struct SandboxCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sandbox",
    abstract: "Run a local stand-in for Mattermost.",
    discussion: """
      It has a chat page for the browser, made-up users and channels, and the part of Mattermost's API that edgecrab \
      uses. Everything is kept in memory, and only this machine can connect.

      With --rules, it also has the users, teams, channels and webhooks that a rules file names, and the page shows \
      how the rules decide a post. No gateway runs; `edgecrab gateway start --sandbox` starts one as well.
      """)

  @Option(
    help: ArgumentHelp("A rules file, for its names. It is read at the start.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var rules: String?

  @Option(help: "The port to listen on; 0 is any free port.")
  var port: UInt16 = 0

  func run() async throws {
    try OpenFilesLimit.raise()
    let environment = Environment.current()
    let ruleSet = try rules.map { try RulesLocation.named($0).loadOrExit(environment) }
    let server = try await Self.start(port: port)
    if let ruleSet {
      let explainer = SandboxExplainer(
        address: try WebAddress(server.url), token: Secret(server.botToken), home: nil)
      explainer.use(ruleSet)
      await server.explainPosts { await explainer.explain($0) }
      await server.add(namesOf: ruleSet)
    }
    Output.result(
      """
      The sandbox is running; press Ctrl-C to stop it. Chat at
        \(server.pageURL)
      To connect a gateway:
        export MATTERMOST_URL=\(server.url)
        export MATTERMOST_TOKEN=\(server.botToken)
        edgecrab gateway start\(rules.map { " --rules \($0.shellWord)" } ?? "")
      """)
    try await Signals.run { await server.run() }
  }

  /// Starts a sandbox, or prints the reason why it cannot start and exits with 1.
  static func start(port: UInt16) async throws -> SandboxServer {
    do {
      return try await SandboxServer.start(port: port, logger: .quiet)
    } catch {
      Output.message("\(error)")
      throw ExitCode(1)
    }
  }
}

extension SandboxServer {
  /// Adds what rules name, and prints the names that it cannot have.
  func add(namesOf ruleSet: RuleSet) async {
    let refused = await add(SandboxNames(in: ruleSet))
    guard !refused.isEmpty else { return }
    let shown = refused.prefix(5).map(\.printable).joined(separator: ", ") + (refused.count > 5 ? ", …" : "")
    Output.message(
      "the sandbox leaves out \(refused.count.counted("name")) in the rules, which Mattermost would not accept or for which "
        + "it has no room: \(shown)")
  }
}
