import Foundation
import Sandbox
import TestSupport
import Testing

/// The gateway with a low limit of open files.
@Suite struct OpenFilesTests {
  private static func shell(_ limits: String) -> [String] { ["/bin/sh", "-c", limits + #"; exec "$@""#, "sh"] }

  /// Sets both limits, so that the gateway cannot raise them.
  @Test(arguments: [["gateway", "start", "--sandbox"], ["sandbox"], ["doctor"]])
  func `with too few open files allowed, the gateway ends with an explanation`(command: [String]) async throws {
    for limit in [10, 11, 16, 24, 40] {
      let ended = try await EdgecrabProcess(command, through: Self.shell("ulimit -n \(limit)")).ended()
      #expect(ended.status == 1)
      #expect(ended.errors.contains("the limit of open files, \(limit), is too low"), "\(ended.errors)")
      #expect(ended.errors.contains("ulimit -n 1024"))
    }
  }

  @Test func `with few open files allowed, the gateway works and stops when asked`() async throws {
    let process = try EdgecrabProcess(["gateway", "start", "--sandbox"], through: Self.shell("ulimit -n 80"))
    try await process.says("Connected.")
    process.terminate()
    #expect(try await process.ended().status == 0)
  }

  @Test func `the gateway raises its limit of open files to the hard limit`() async throws {
    let process = try EdgecrabProcess(
      ["gateway", "start", "--sandbox"], through: Self.shell("ulimit -S -n 100; ulimit -H -n 1000"))
    try await process.says("Connected.")
    #expect(process.openFilesMax == 1_000)
    process.terminate()
    #expect(try await process.ended().status == 0)
  }

  @Test func `programs have the limit of open files that the gateway was started with`() async throws {
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
