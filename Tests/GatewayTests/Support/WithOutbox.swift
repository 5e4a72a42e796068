import Core
import MattermostIO
import Sandbox
import Sessions
import TestSupport
import Transport

@testable import Gateway

/// Runs `body` with a sandbox and an outbox that posts there, without a gateway.
///
/// - Parameter intervention: what happens to calls between the two.
func withOutbox(
  _ intervention: @escaping @Sendable (ReceivedRequest, Int) -> InterceptingProxy.Intervention = { _, _ in .pass },
  _ body: (SandboxServer, Outbox) async throws -> Void
) async throws {
  let folder = try TemporaryFolder()
  try await withSandbox { sandbox in
    let proxy = try InterceptingProxy(before: sandbox.url, intervention)
    let client = MattermostClient(
      address: try WebAddress(proxy.url), token: Secret(sandbox.botToken), http: HTTPClient(logger: .silent),
      logger: .silent)
    let store = try SQLiteStore(path: folder.path("edgecrab.sqlite"), logger: .silent)
    let bot = BotIdentity(id: UserID(try sandbox.userID("edgecrab")), name: "edgecrab")
    let posts = PostingClient(
      client: client, bot: bot, instance: "test",
      intervals: DeliveryIntervals(first: .milliseconds(5), longest: .milliseconds(50)), logger: .silent)
    try await body(
      sandbox, Outbox(posts: posts, store: store, executor: KeyedSerialExecutor(capacity: 10), postScalarsMax: nil))
  }
}

extension Delivery {
  /// True if all of the reply is posted.
  var isPosted: Bool { if case .posted = self { true } else { false } }
}
