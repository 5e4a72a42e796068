import Foundation
import Sandbox
import TestSupport
import Testing

/// The gateway waits for hooks at shutdown, up to a deadline.
@Suite struct ShutdownHooksTests {
  private let folder: TemporaryFolder
  private let marked = TaggedProcesses()

  init() throws {
    folder = try TemporaryFolder()
    let rules = """
      version: 1
      agents: { echo: { type: echo } }
      rules:
        - { name: all, when: { trigger: [mention, dm, command] }, agent: echo, session: channel }
      """
    _ = try folder.write(rules, to: "rules.yaml")
  }

  /// Starts a gateway with one hook.
  private func start(_ events: String, _ handler: String, on sandbox: SandboxServer) async throws -> EdgecrabProcess {
    _ = try folder.write("{ name: test, events: \(events), env: [MARK] }", to: "hooks/test/HOOK.yaml")
    #expect(chmod(try folder.write("#!/bin/sh\n\(handler)\n", to: "hooks/test/handler"), 0o755) == 0)
    let process = try EdgecrabProcess(
      ["gateway", "start"],
      environment: [
        "MATTERMOST_URL": sandbox.url, "MATTERMOST_TOKEN": sandbox.botToken,
        "EDGECRAB_HOME": folder.url.path, "MARK": marked.mark,
      ])
    try await process.says("Connected.")
    return process
  }

  private func written(_ name: String) -> String {
    (try? String(contentsOfFile: folder.path(name), encoding: .utf8)) ?? ""
  }

  @Test(.timeLimit(.minutes(2)), arguments: [SIGTERM, SIGINT])
  func `at shutdown the gateway runs hooks and waits for them`(signal: Int32) async throws {
    try await withSandbox { sandbox in
      let gateway = try await start("gateway:shutdown", "sleep 1; cat > ../../told", on: sandbox)
      if signal == SIGTERM { gateway.terminate() } else { gateway.interrupt() }
      #expect(try await gateway.ended().status == 0)
      #expect(
        written("told") == #"{"event":"gateway:shutdown","platform":"mattermost","session_id":"","user_id":""}"# + "\n")
    }
  }

  @Test(.timeLimit(.minutes(2)))
  func `at shutdown the gateway waits for hooks of earlier events`() async throws {
    try await withSandbox { sandbox in
      let gateway = try await start("agent:end", "touch ../../begun; sleep 1; cat > ../../told", on: sandbox)
      try await sandbox.post(as: "alice", in: "dev", "@edgecrab hello")
      try await wait(for: "the hook to run") { FileManager.default.fileExists(atPath: folder.path("begun")) }
      gateway.terminate()
      #expect(try await gateway.ended().status == 0)
      #expect(written("told").contains(#""outcome":"answered""#))
    }
  }

  @Test(.timeLimit(.minutes(2)))
  func `at shutdown a hook that takes too long is ended and reported`() async throws {
    try await withSandbox { sandbox in
      let gateway = try await start("gateway:shutdown", "touch ../../begun; sleep 1000", on: sandbox)
      gateway.terminate()
      let ended = try await gateway.ended()
      #expect(ended.status == 0)
      #expect(FileManager.default.fileExists(atPath: folder.path("begun")))
      #expect(ended.errors.contains("the gateway stopped before it was done"))
      #expect(try marked.alive().isEmpty)
    }
  }
}
