import Foundation
import Sandbox
import TestSupport
import Testing

/// Processes of agents end with `!stop` and with their gateway, and never overlap those of the next gateway.
@Suite struct AgentProcessesTests {
  private let folder: TemporaryFolder
  private let marked = TaggedProcesses()

  init() throws { folder = try TemporaryFolder() }

  /// Agents of a process in the group and of one in its own session, neither of which ends when asked to. The agent of
  /// a message reports whether the previous process in the folder still runs; the agent of a conversation never
  /// answers.
  private func rules(_ agent: String) -> String {
    """
    version: 1
    agents:
      exec:
        type: exec
        env: { MARK: "\(marked.mark)" }
        shell: |
          if [ -e pids ] && kill -0 $(cat pids) 2>/dev/null; then echo beside another; else echo alone; fi
          [ "$(cat)" = look ] && exit
          . "\(folder.path("work"))"
      acp:
        type: acp
        env: { MARK: "\(marked.mark)" }
        command: [sh, "\(folder.path("work"))"]
    rules:
      - { name: all, when: { trigger: [mention, dm, command] }, agent: \(agent), session: channel, reply: { to: channel } }
    """
  }

  private func start(_ agent: String = "exec", on sandbox: SandboxServer) async throws -> EdgecrabProcess {
    let work = """
      trap '' TERM
      setsid sh -c 'trap "" TERM; while :; do sleep 1; done' & echo "$! $$" > pids
      echo "$PPID" > "\(folder.path("supervisor"))"
      wait
      """
    _ = try folder.write(work, to: "work")
    let process = try EdgecrabProcess(
      ["gateway", "start", "--rules", try folder.write(rules(agent), to: "rules.yaml")],
      environment: [
        "MATTERMOST_URL": sandbox.url, "MATTERMOST_TOKEN": sandbox.botToken, "EDGECRAB_HOME": folder.url.path,
      ])
    try await process.says("Connected.")
    return process
  }

  /// Asks the agent, and returns its supervisor after the start.
  private func ask(_ sandbox: SandboxServer) async throws -> Int32 {
    try await sandbox.post(as: "alice", in: "dev", "@edgecrab work")
    var supervisor: Int32?
    try await wait(for: "the agent to work") {
      let text = try? String(contentsOfFile: folder.path("supervisor"), encoding: .utf8)
      supervisor = text.flatMap { Int32($0.dropLast()) }
      return supervisor != nil
    }
    try await wait(for: "its processes") { try marked.alive().count >= 2 }
    return try #require(supervisor)
  }

  @Test(.timeLimit(.minutes(2)), arguments: ["exec", "acp"])
  func `'!stop' ends all processes of an agent`(agent: String) async throws {
    try await withSandbox { sandbox in
      let gateway = try await start(agent, on: sandbox)
      _ = try await ask(sandbox)
      try await sandbox.post(as: "alice", in: "dev", "!stop")
      try await wait(for: "all to be gone") { try marked.alive().isEmpty }
      gateway.terminate()
      #expect(try await gateway.ended().status == 0)
    }
  }

  @Test(.timeLimit(.minutes(2)), arguments: ["exec", "acp"], [false, true])
  func `the end of the gateway ends all processes of its agents`(agent: String, isKilled: Bool) async throws {
    try await withSandbox { sandbox in
      let gateway = try await start(agent, on: sandbox)
      _ = try await ask(sandbox)
      if isKilled { gateway.kill() } else { gateway.terminate() }
      try await wait(for: "all to be gone") { try marked.alive().isEmpty }
      _ = try await gateway.ended()
    }
  }

  @Test(.timeLimit(.minutes(2)))
  func `an agent waits until processes that a killed gateway left in its folder are gone`() async throws {
    try await withSandbox { sandbox in
      let first = try await start(on: sandbox)
      let supervisor = try await ask(sandbox)
      // As if killing them took long.
      #expect(kill(supervisor, SIGSTOP) == 0)
      first.kill()
      _ = try await first.ended()
      let second = try await start(on: sandbox)
      let asked = try await sandbox.post(as: "alice", in: "dev", "@edgecrab look")
      // A later message in another folder is answered meanwhile.
      let other = try await sandbox.post(as: "alice", in: "town-square", "@edgecrab look")
      _ = try await sandbox.nextPost(after: other, within: patience) { $0.message == "alone" }
      #expect(try await !sandbox.posts(in: "dev").contains { $0.message == "alone" || $0.message == "beside another" })
      #expect(kill(supervisor, SIGCONT) == 0)
      let answer = try await sandbox.nextPost(after: asked, within: patience) { post in
        post.author == "edgecrab" && (post.message == "alone" || post.message == "beside another")
      }
      #expect(answer.message == "alone")
      second.terminate()
      #expect(try await second.ended().status == 0)
    }
  }
}
