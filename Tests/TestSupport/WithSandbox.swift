import Logging
package import Sandbox

/// Runs `body` with a sandbox, and stops it afterwards.
package func withSandbox<Result: Sendable>(
  botToken: String? = nil, postsKept: Int? = nil, people: Int = 0, rooms: Int = 0, clockAhead: Duration = .zero,
  _ body: (SandboxServer) async throws -> Result
) async throws -> Result {
  let sandbox = try await SandboxServer.start(
    botToken: botToken, postsKept: postsKept, people: people, rooms: rooms, clockAhead: clockAhead, logger: .silent)
  do {
    let result = try await body(sandbox)
    await sandbox.stop()
    return result
  } catch {
    await sandbox.stop()
    throw error
  }
}
