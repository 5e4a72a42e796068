import Foundation
import Sandbox
import TestSupport
import Testing

/// A gateway that is killed while it sends the answer to a deleted thread as a direct message.
@Suite struct KilledBeforeDirectMessageTests {
  private let home: TemporaryFolder
  private let rules: String

  init() throws {
    home = try TemporaryFolder()
    rules = try home.write(
      """
      version: 1
      agents: { echo: { type: echo } }
      rules:
        - { name: all, when: { trigger: mention }, agent: echo, session: thread }
      """, to: "rules.yaml")
  }

  private func start(on url: String, _ sandbox: SandboxServer) async throws -> EdgecrabProcess {
    let process = try EdgecrabProcess(
      ["gateway", "start", "--rules", rules],
      environment: ["MATTERMOST_URL": url, "MATTERMOST_TOKEN": sandbox.botToken, "EDGECRAB_HOME": home.url.path])
    try await process.says("Connected.")
    return process
  }

  /// The moment of the kill: before the server receives the direct message, or before the gateway receives its answer.
  enum Moment: CaseIterable { case beforeItIsTaken, beforeItIsAnswered }

  @Test(.timeLimit(.minutes(2)), arguments: Moment.allCases)
  func `a gateway killed while sending a direct message sends it exactly once, and nothing to the channel`(
    moment: Moment
  ) async throws {
    let refused = try Recording("post_bad_root").body
    try await withSandbox { sandbox in
      let gate = TestGate()
      let relay = try InterceptingProxy(before: sandbox.url) { call, _ in
        if call.target.hasPrefix("GET /api/v4/posts/") {
          return .answer("404 Not Found", body: #"{"id":"app.post.get.app_error","message":"Gone."}"#)
        }
        guard call.target == "POST /api/v4/posts" else { return .pass }
        if call.body.contains("root_id") { return .answer("400 Bad Request", body: refused) }
        return moment == .beforeItIsTaken ? .hold(gate) : .loseAnswer
      }
      let killed = try await start(on: relay.url, sandbox)
      _ = try await sandbox.post(as: "alice", in: "dev", "@edgecrab secret")
      try await wait(for: "the direct message") {
        relay.calls("POST /api/v4/posts").contains { !$0.body.contains("root_id") }
      }
      if moment == .beforeItIsAnswered {
        try await wait(for: "the direct message to be there") { try await !sandbox.posts(in: "@edgecrab").isEmpty }
      }
      killed.kill()
      _ = try await killed.ended()
      gate.open()

      let next = try await start(on: sandbox.url, sandbox)
      try await wait(for: "alice to have it") { try await !sandbox.posts(in: "@edgecrab").isEmpty }
      let last = try await sandbox.post(as: "bob", in: "dev", "@edgecrab last")
      _ = try await sandbox.nextPost(within: patience) { $0.rootID == last }
      next.terminate()
      #expect(try await next.ended().status == 0)
      let said = try await sandbox.messages(of: "edgecrab")
      #expect(said.count == 2 && said.contains("last") && said.contains { $0.hasSuffix("\n\nsecret") })
      #expect(try await sandbox.posts(in: "dev").count { $0.author == "edgecrab" } == 1)
    }
  }
}
