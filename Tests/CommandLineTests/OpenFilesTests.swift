import Foundation
import Sandbox
import TestSupport
import Testing

/// How the gateway does where few files may be open.
@Suite struct OpenFilesTests {
  private static func shell(_ limits: String) -> [String] { ["/bin/sh", "-c", limits + #"; exec "$@""#, "sh"] }

  /// Issue 11, no. 3. Both limits are set, so that it cannot raise either.
  @Test(arguments: [["gateway", "start", "--sandbox"], ["sandbox"], ["doctor"]])
  func `where almost no file may be open, it says so and ends`(command: [String]) async throws {
    for limit in [10, 11, 16, 24, 40] {
      let ended = try await EdgecrabProcess(command, through: Self.shell("ulimit -n \(limit)")).ended()
      #expect(ended.status == 1)
      #expect(ended.errors.contains("the limit of open files, \(limit), is too low"), "\(ended.errors)")
      #expect(ended.errors.contains("ulimit -n 1024"))
    }
  }

  /// Issue 11, no. 3.
  @Test func `with room for little it works, and ends when it is told to`() async throws {
    let process = try EdgecrabProcess(["gateway", "start", "--sandbox"], through: Self.shell("ulimit -n 80"))
    try await process.says("Connected.")
    process.terminate()
    #expect(try await process.ended().status == 0)
  }

  /// Issue 11, no. 1.
  @Test func `it takes as many files as the system allows`() async throws {
    let process = try EdgecrabProcess(
      ["gateway", "start", "--sandbox"], through: Self.shell("ulimit -S -n 100; ulimit -H -n 1000"))
    try await process.says("Connected.")
    #expect(process.openFilesMax == 1_000)
    process.terminate()
    #expect(try await process.ended().status == 0)
  }

  /// Issue 11, no. 1.
  @Test func `programs are given the limit with which it was started`() async throws {
    try await withSandbox { sandbox in
      let home = try TemporaryFolder()
      _ = try home.write(
        """
        version: 1
        agents: { tool: { type: exec, shell: "ulimit -S -n" } }
        rules: [{ name: all, when: { trigger: mention }, agent: tool }]
        """, to: "rules.yaml")
      let gateway = try EdgecrabProcess(
        ["gateway", "start"],
        environment: [
          "EDGECRAB_HOME": home.url.path, "MATTERMOST_URL": sandbox.url, "MATTERMOST_TOKEN": sandbox.botToken,
        ], through: Self.shell("ulimit -S -n 100; ulimit -H -n 1000"))
      try await gateway.says("Connected.")
      let question = try await sandbox.post(as: "alice", in: "dev", "@edgecrab hi")
      let answer = try await sandbox.nextPost(after: question, within: patience) { $0.author == "edgecrab" }
      #expect(answer.message == "100")
    }
  }
}
