import AgentSessions
import Core
import MattermostIO
import Sandbox
import TestSupport
import Transport

@testable import Gateway

/// Runs `body` with a sandbox and somebody who posts there, without a gateway around.
///
/// - Parameter deed: what is done about calls between the two.
func withOutbox(
  _ deed: @escaping @Sendable (ReceivedRequest, Int) -> InterceptingProxy.Intervention = { _, _ in .pass },
  _ body: (SandboxServer, Outbox) async throws -> Void
) async throws {
  let folder = try TemporaryFolder()
  try await withSandbox { sandbox in
    let relay = try InterceptingProxy(before: sandbox.url, deed)
    let client = MattermostClient(
      address: try WebAddress(relay.url), token: Secret(sandbox.botToken), http: HTTPClient(logger: .silent),
      logger: .silent)
    let store = try SessionStore(path: folder.path("edgecrab.sqlite"), logger: .silent)
    let bot = BotIdentity(id: try sandbox.userID("edgecrab"), name: "edgecrab")
    try await body(
      sandbox,
      Outbox(
        client: client, bot: bot, instance: "test", store: store, lanes: KeyedSerialExecutor(capacity: 10),
        postScalarsMax: nil,
        rhythm: .hasty,
        logger: .silent))
  }
}
