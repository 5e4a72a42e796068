import ArgumentParser
import Logging
import Sandbox

struct SandboxCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sandbox",
    abstract: "Run a local stand-in for Mattermost.",
    discussion: """
      It has a chat page for the browser, made-up users and channels, and the part of Mattermost's API that edgecrab \
      uses. Everything is kept in memory, and only this machine can connect.
      """)

  @Option(help: "The port to listen on; 0 is any free port.")
  var port: UInt16 = 0

  func run() async throws {
    try OpenFilesLimit.raise()
    let server = try await Self.start(port: port)
    Output.result(
      """
      The sandbox is running; press Ctrl-C to stop it. Chat at
        \(server.pageURL)
      To connect a gateway:
        export MATTERMOST_URL=\(server.url)
        export MATTERMOST_TOKEN=\(server.botToken)
        edgecrab gateway start
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
