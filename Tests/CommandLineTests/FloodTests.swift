import Foundation
import Sandbox
import TestSupport
import Testing

/// The real gateway under overload.
@Suite struct FloodTests {
  private static let people = ["alice", "bob", "carol.o-brien", "mallory"]

  /// A gateway with a limit of open files, in which each message is a conversation of its own.
  private func start(_ agent: String, openFiles: Int, on sandbox: SandboxServer, _ home: TemporaryFolder) async throws
    -> EdgecrabProcess
  {
    _ = try home.write(
      """
      version: 1
      agents: { slow: \(agent) }
      rules:
        - { name: all, when: { trigger: [mention, command] }, agent: slow, session: thread }
      """, to: "rules.yaml")
    let gateway = try EdgecrabProcess(
      ["gateway", "start"],
      environment: [
        "EDGECRAB_HOME": home.url.path, "MATTERMOST_URL": sandbox.url, "MATTERMOST_TOKEN": sandbox.botToken,
      ], through: ["/bin/sh", "-c", #"ulimit -n \#(openFiles); exec "$@""#, "sh"])
    try await gateway.says("Connected.")
    return gateway
  }

  /// Returns the bot's posts in `dev`, in order.
  private func said(_ sandbox: SandboxServer) async throws -> [SandboxPost] {
    try await sandbox.posts(in: "dev").filter { $0.author == "edgecrab" }
  }

  @Test(.timeLimit(.minutes(4)), arguments: [(1_024, 330), (128, 60)])
  func `with slow programs every message is answered once, and one user's flood does not delay others`(
    openFiles: Int, count: Int
  ) async throws {
    try await withSandbox(postsKept: 4_000) { sandbox in
      let home = try TemporaryFolder()
      let agent = #"{ type: exec, shell: "sleep 0.5; echo done" }"#
      let gateway = try await start(agent, openFiles: openFiles, on: sandbox, home)
      for number in 1...count { try await sandbox.post(as: "alice", in: "dev", "@edgecrab flood \(number)") }
      let question = try await sandbox.post(as: "bob", in: "dev", "@edgecrab quick question")
      try await wait(
        for: "all answers; the gateway said:\n\(gateway.said)", within: .seconds(180), every: .milliseconds(300)
      ) {
        guard gateway.isRunning else { throw TestFailure("edgecrab died:\n\(gateway.said)") }
        return try await said(sandbox).count { $0.message == "done" } > count
      }
      let answers = try await said(sandbox)
      #expect(answers.allSatisfy { $0.message == "done" || $0.message.contains("I am busy") })
      #expect(answers.count { $0.message.contains("I am busy") } <= 1)
      #expect(Set(answers.filter { $0.message == "done" }.map(\.rootID)).count == count + 1)
      let later = try await sandbox.posts(in: "dev").drop { $0.id != question }.filter { $0.author == "edgecrab" }
      let place = try #require(later.firstIndex { $0.rootID == question })
      #expect(place - later.startIndex < count / 2)
      gateway.terminate()
      #expect(try await gateway.ended().status == 0)
    }
  }

  @Test(.timeLimit(.minutes(2)))
  func `with an endpoint that hangs, the gateway answers what it can and stops when asked`() async throws {
    let endpoint = try ChatServer([.hold])
    try await withSandbox(postsKept: 4_000) { sandbox in
      let home = try TemporaryFolder()
      let gateway = try await start(
        #"{ type: openai, base_url: "\#(endpoint.url)", model: test }"#, openFiles: 256, on: sandbox, home)
      for number in 1...400 {
        try await sandbox.post(as: Self.people[number % 4], in: "dev", "@edgecrab question \(number)")
      }
      let question = try await sandbox.post(as: "alice", in: "dev", "!status")
      let status = try await sandbox.nextPost(after: question, within: patience) { $0.rootID == question }
      #expect(status.message.contains("| Connection | WebSocket |"))
      #expect(gateway.isRunning, "\(gateway.said)")
      gateway.terminate()
      #expect(try await gateway.ended().status == 0)
    }
  }

  @Test(.timeLimit(.minutes(2)))
  func `at the limit of open files users are told, and the gateway continues when files are closed`() async throws {
    let endpoint = try ChatServer([.head(), .word("done"), .finish, .done])
    try await withSandbox { sandbox in
      let home = try TemporaryFolder()
      let gateway = try await start(
        #"{ type: openai, base_url: "\#(endpoint.url)", model: test, retries: 0 }"#, openFiles: 256, on: sandbox, home)
      // It keeps its open files, and gets no more.
      try gateway.limitOpenFiles(to: 8)
      let question = try await sandbox.post(as: "alice", in: "dev", "@edgecrab one")
      let told = try await sandbox.nextPost(after: question, within: patience) { $0.rootID == question }
      #expect(told.message.contains("I have too many files and connections open"), "\(told.message)")
      try gateway.limitOpenFiles(to: 256)
      let again = try await sandbox.post(as: "alice", in: "dev", "@edgecrab two")
      #expect(try await sandbox.nextPost(after: again, within: patience) { $0.rootID == again }.message == "done")
      gateway.terminate()
      #expect(try await gateway.ended().status == 0)
    }
  }
}
