import ArgumentParser
import Logging
import Sandbox

struct SandboxCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sandbox",
    abstract: "Run a small stand-in for Mattermost on this machine.",
    discussion: """
      It has a chat page for the browser, made-up users and channels, and the part of Mattermost's API that edgecrab \
      uses. It keeps everything in memory and only this machine reaches it.
      """)

  @Option(help: "The port to listen on; any free one unless said.")
  var port: UInt16 = 0

  func run() async throws {
    try OpenFilesLimit.prepare()
    let server = try await Self.start(port: port)
    Output.result(
      """
      The sandbox runs until Ctrl-C. Chat at
        \(server.pageURL)
      To connect a gateway:
        export MATTERMOST_URL=\(server.url)
        export MATTERMOST_TOKEN=\(server.botToken)
        edgecrab gateway start
      """)
    try await Signals.run { await server.run() }
  }

  /// Starts a sandbox, or says why it cannot be and ends with 1.
  static func start(port: UInt16) async throws -> SandboxServer {
    do {
      return try await SandboxServer.start(port: port, logger: .quiet)
    } catch {
      Output.notice("edgecrab: \(error)")
      throw ExitCode(1)
    }
  }
}
