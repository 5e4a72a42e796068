import Foundation
import Sandbox
import TestSupport
import Testing

/// A gateway that is killed in the middle of an answer, and its successor.
@Suite struct KilledBetweenPartsTests {
  private let home: TemporaryFolder
  private let rules: String

  init() throws {
    home = try TemporaryFolder()
    rules = try home.write(
      """
      version: 1
      agents: { echo: { type: echo } }
      rules:
        - { name: say, when: { text: { equals: ping } }, say: "pong" }
        - { name: all, when: { trigger: mention }, agent: echo, reply: { max_length: 200 } }
      """, to: "rules.yaml")
  }

  private func start(on url: String, _ sandbox: SandboxServer) async throws -> EdgecrabProcess {
    let process = try EdgecrabProcess(
      ["gateway", "start", "--rules", rules],
      environment: ["MATTERMOST_URL": url, "MATTERMOST_TOKEN": sandbox.botToken, "EDGECRAB_HOME": home.url.path])
    try await process.says("Connected.")
    return process
  }

  private func said(_ sandbox: SandboxServer) async throws -> [String] {
    try await sandbox.posts(in: "dev").filter { $0.author == "edgecrab" }.map { String($0.message.prefix(1)) }
  }

  /// The moment of the kill: before the server receives the second part, or before the gateway receives its answer.
  enum Moment: CaseIterable { case beforeItIsTaken, beforeItIsAnswered }

  @Test(.timeLimit(.minutes(2)), arguments: Moment.allCases)
  func `a gateway killed between the parts of an answer posts the rest, and no part twice`(moment: Moment) async throws
  {
    try await withSandbox { sandbox in
      let gate = TestGate()
      let relay = try InterceptingProxy(before: sandbox.url) { call, before in
        guard call.target == "POST /api/v4/posts", before >= 1 else { return .pass }
        return moment == .beforeItIsTaken ? .hold(gate) : .loseAnswer
      }
      let killed = try await start(on: relay.url, sandbox)
      let text = "abcd".map { String(repeating: $0, count: 150) }.joined(separator: "\n\n")
      _ = try await sandbox.post(as: "alice", in: "dev", "@edgecrab " + text)
      try await wait(for: "the second part") { relay.calls("POST /api/v4/posts").count >= 2 }
      if moment == .beforeItIsAnswered {
        try await wait(for: "the second part in the channel") { try await said(sandbox).count >= 2 }
      }
      killed.kill()
      _ = try await killed.ended()
      gate.open()

      let next = try await start(on: sandbox.url, sandbox)
      _ = try await sandbox.post(as: "alice", in: "dev", "ping")
      try await wait(for: "all that is to be said") { try await said(sandbox).count >= 5 }
      next.terminate()
      #expect(try await next.ended().status == 0)
      #expect(try await said(sandbox).filter { $0 != "p" } == ["a", "b", "c", "d"])
      #expect(try await said(sandbox).count == 5)
    }
  }
}
