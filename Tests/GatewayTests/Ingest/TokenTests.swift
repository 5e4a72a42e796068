import Core
import Gateway
import Sandbox
import TestSupport
import Testing

/// Tokens that are revoked while the socket stays open.
@Suite struct TokenTests {
  @Test(.timeLimit(.minutes(1))) func `a revoked token ends the gateway with 78 and the name of the variable`()
    async throws
  {
    try await Setting.with { setting in
      let gateway = try await Gateway.start(try setting.settings(intervals: .short), logger: .silent)
      let running = Task { try await gateway.run() }
      try await setting.sandbox.waitForConnection(within: patience)
      try await setting.ask("@edgecrab hello")
      await setting.sandbox.misbehave(.revokedToken)
      let error = await #expect(throws: GatewayError.self) { try await running.value }
      #expect(error?.exitCode == 78)
      #expect(error?.description.contains("MATTERMOST_TOKEN") == true)
    }
  }

  @Test(.timeLimit(.minutes(1))) func `with the retry policy the gateway continues when the token is accepted again`()
    async throws
  {
    try await Setting.with { setting in
      let relay = try InterceptingProxy(before: setting.sandbox.url) { _, _ in .pass }
      var settings = try setting.settings(intervals: .short, onUnauthorized: .retry)
      settings.address = try WebAddress(relay.url)
      try await withGateway(settings) { _ in
        try await setting.sandbox.waitForConnection(within: patience)
        try await setting.ask("@edgecrab hello")
        await setting.sandbox.misbehave(.revokedToken)
        let question = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab anybody there?")
        // One may have been sent before.
        let checks = relay.calls("GET /api/v4/users/me").count
        try await wait(for: "a check to be rejected") { relay.calls("GET /api/v4/users/me").count > checks + 1 }
        await setting.sandbox.misbehave(.restoredToken)
        _ = try await setting.sandbox.nextPost(after: question, within: patience) { $0.author == "edgecrab" }
      }
    }
  }

  @Test(.timeLimit(.minutes(1))) func `a proxy that asks for a login does not end the gateway`() async throws {
    try await Setting.with { setting in
      let relay = try InterceptingProxy(before: setting.sandbox.url) { call, before in
        call.target == "GET /api/v4/users/me" && before > 0 && before < 4
          ? .answer("401 Unauthorized", headers: ["Content-Type: text/html"], body: "<h1>Log in</h1>") : .pass
      }
      var settings = try setting.settings(intervals: .short)
      settings.address = try WebAddress(relay.url)
      try await withGateway(settings) { _ in
        try await wait(for: "the page, several times") { relay.calls("GET /api/v4/users/me").count > 4 }
        try await setting.ask("@edgecrab hello")
      }
    }
  }
}
