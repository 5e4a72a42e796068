import Logging
import Sandbox
import TestSupport
import Testing

@Suite("Starting, steering and stopping a sandbox")
struct ServerTests {
  @Test func `a port in use is an error that names it`() async throws {
    try await withSandbox { sandbox in
      let port = try #require(sandbox.url.split(separator: ":").last.flatMap { UInt16($0) })
      let error = await #expect(throws: SandboxError.self) {
        try await SandboxServer.start(port: port, logger: .silent)
      }
      #expect(error?.description.contains("127.0.0.1:\(port): address already in use") == true)
    }
  }

  @Test func `run returns after stop, and when its task is cancelled`() async throws {
    for isCancelled in [false, true] {
      let sandbox = try await SandboxServer.start(logger: .silent)
      let listener = try await EventListener(sandbox, token: sandbox.botToken)
      let running = Task { await sandbox.run() }
      if isCancelled { running.cancel() } else { await sandbox.stop() }
      await running.value
      while try await listener.socket.next() != .ended {}
      await #expect(throws: (any Error).self) { try await RawHTTP.send("GET", sandbox.url) }
    }
  }

  @Test func `the bot's token is the one given`() async throws {
    try await withSandbox(botToken: "my-token") { sandbox in
      let me = try await Client(sandbox, token: "my-token").object("GET", "users/me")
      #expect(me["username"] as? String == "edgecrab")
    }
  }

  @Test func `nextPost finds existing posts, waits for new ones, and times out`() async throws {
    try await withSandbox { sandbox in
      let first = try await sandbox.post(as: "alice", in: "dev", "one")
      #expect(try await sandbox.nextPost { $0.message == "one" }.id == first)
      async let waited = sandbox.nextPost(after: first) { $0.author == "bob" }
      let second = try await sandbox.post(as: "bob", in: "dev", "two")
      #expect(try await waited.id == second)
      await #expect(throws: SandboxError.timedOut("a post", after: .milliseconds(20))) {
        try await sandbox.nextPost(after: second, within: .milliseconds(20)) { _ in true }
      }
    }
  }

  @Test func `connections can be awaited, and are dropped without a close frame`() async throws {
    try await withSandbox { sandbox in
      async let connected: Void = sandbox.waitForConnection()
      let listener = try await EventListener(sandbox, token: sandbox.botToken)
      try await connected
      try await sandbox.dropConnections()
      var last = try await listener.socket.next()
      while case .text = last { last = try await listener.socket.next() }
      #expect(last == .ended)
      await #expect(throws: SandboxError.self) { try await sandbox.waitForConnection(within: .milliseconds(20)) }
    }
  }

  @Test func `unknown names and refused posts are errors with explanations`() async throws {
    try await withSandbox { sandbox in
      await #expect(throws: SandboxError.unknownUser("nobody")) {
        try await sandbox.post(as: "nobody", in: "dev", "x")
      }
      await #expect(throws: SandboxError.unknownChannel("nowhere")) {
        try await sandbox.post(as: "alice", in: "nowhere", "x")
      }
      let error = await #expect(throws: SandboxError.self) {
        try await sandbox.post(as: "mallory", in: "ops", "x")
      }
      #expect(error?.description.contains("You do not have the appropriate permissions.") == true)
    }
  }
}
