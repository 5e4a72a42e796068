import AgentSessions
import MattermostIO
import Sandbox
import TestSupport
import Transport
import Core

@testable import Gateway

/// Runs `body` with a sandbox and somebody who posts there, without a gateway around.
///
/// - Parameter deed: what is done about calls between the two.
func withPoster(
  _ deed: @escaping @Sendable (ReceivedRequest, Int) -> Relay.Deed = { _, _ in .pass },
  _ body: (SandboxServer, Poster) async throws -> Void
) async throws {
  let folder = try TemporaryFolder()
  try await withSandbox { sandbox in
    let relay = try Relay(before: sandbox.url, deed)
    let client = MattermostClient(
      address: try WebAddress(relay.url), token: Secret(sandbox.botToken), http: HTTPClient(logger: .silent),
      logger: .silent)
    let store = try SessionStore(path: folder.path("edgecrab.sqlite"), logger: .silent)
    let bot = BotIdentity(id: try sandbox.userID("edgecrab"), name: "edgecrab")
    try await body(
      sandbox,
      Poster(
        client: client, bot: bot, instance: "test", store: store, lanes: Lanes(capacity: 10), postScalarsMax: nil,
        rhythm: .hasty,
        logger: .silent))
  }
}
