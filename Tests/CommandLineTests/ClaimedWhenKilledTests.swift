import Foundation
import Sandbox
import TestSupport
import Testing

/// A gateway that is killed and restarted answers the messages that it had accepted, once each.
@Suite struct ClaimedWhenKilledTests {
  private static let rules = """
    version: 1
    agents: { echo: { type: echo } }
    rules:
      - { name: fixed, when: { trigger: mention, text: fixed }, say: "A fixed text." }
      - { name: all, when: { trigger: [mention, dm] }, agent: echo, session: thread }
    """

  private func start(on sandbox: SandboxServer, _ folder: TemporaryFolder) throws -> EdgecrabProcess {
    try EdgecrabProcess(
      ["gateway", "start", "--rules", try folder.write(Self.rules, to: "rules.yaml")],
      environment: [
        "MATTERMOST_URL": sandbox.url, "MATTERMOST_TOKEN": sandbox.botToken, "EDGECRAB_HOME": folder.url.path,
      ])
  }

  private func said(_ sandbox: SandboxServer) async throws -> [String] {
    try await sandbox.posts(in: "dev").filter { $0.author == "edgecrab" }.map(\.message)
  }

  @Test(.timeLimit(.minutes(2)), arguments: [("@edgecrab fixed", "A fixed text."), ("@edgecrab echo", "echo")])
  func `a post that was claimed by a killed gateway is answered once`(question: String, answer: String) async throws {
    let folder = try TemporaryFolder()
    try await withSandbox { sandbox in
      let first = try start(on: sandbox, folder)
      try await first.says("Connected.")
      // The answer cannot go out before the kill.
      await sandbox.misbehave(.posting(.failing, count: 5))
      let asked = try await sandbox.post(as: "alice", in: "dev", question)
      try await first.says("not posted yet")
      first.kill()
      _ = try await first.ended()
      let second = try start(on: sandbox, folder)
      _ = try await sandbox.nextPost(after: asked, within: patience) { $0.author == "edgecrab" }
      let last = try await sandbox.post(as: "alice", in: "dev", "@edgecrab last")
      _ = try await sandbox.nextPost(after: last, within: patience) { $0.message == "last" }
      second.terminate()
      #expect(try await second.ended().status == 0)
      #expect(try await said(sandbox) == [answer, "last"])
    }
  }

  @Test(.timeLimit(.minutes(2)))
  func `a post is answered once, however often the gateway is killed`() async throws {
    let folder = try TemporaryFolder()
    try await withSandbox { sandbox in
      var questions: [String] = []
      let first = try start(on: sandbox, folder)
      try await first.says("Connected.")
      first.kill()
      _ = try await first.ended()
      for round in 1...4 {
        for number in 1...5 {
          questions.append("\(round)-\(number)")
          try await sandbox.post(as: "alice", in: "dev", "@edgecrab \(round)-\(number)")
        }
        let process = try start(on: sandbox, folder)
        // Killed at the first answer, while the others are being posted.
        _ = try await sandbox.nextPost(within: patience) {
          $0.author == "edgecrab" && $0.message.hasPrefix("\(round)-")
        }
        process.kill()
        _ = try await process.ended()
      }
      let last = try start(on: sandbox, folder)
      try await wait(for: "all answers") { try await said(sandbox).count >= questions.count }
      let post = try await sandbox.post(as: "alice", in: "dev", "@edgecrab last")
      _ = try await sandbox.nextPost(after: post, within: patience) { $0.message == "last" }
      last.terminate()
      #expect(try await last.ended().status == 0)
      #expect(try await said(sandbox).sorted() == (questions + ["last"]).sorted())
    }
  }
}
