import Foundation
import HTTPServing
import Sandbox
import TestSupport
import Testing

/// The real program as a service manager runs it: notifications, waiting for the server, and the token in a file.
@Suite(.timeLimit(.minutes(1)))
struct ServiceTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func rules(_ text: String) throws -> String {
    try folder.write(
      """
      version: 1
      agents: { echo: { type: echo } }
      rules: [{ name: talk, when: { trigger: [mention, dm] }, say: "\(text)" }]
      """, to: "rules.yaml")
  }

  private func start(
    _ url: String, token: String, _ more: [String: String] = [:], _ arguments: [String] = [], onTerminal: Bool = false
  ) throws -> EdgecrabProcess {
    let environment = ["MATTERMOST_URL": url, "MATTERMOST_TOKEN": token, "EDGECRAB_HOME": folder.url.path]
    return try EdgecrabProcess(
      ["gateway", "start"] + arguments, environment: environment.merging(more) { $1 }, onTerminal: onTerminal)
  }

  @Test(arguments: [true, false])
  func `a service manager is told of the start, reloads and the end`(isAbstract: Bool) async throws {
    _ = try rules("hello")
    let receiver = try NotificationReceiver(in: folder, isAbstract: isAbstract)
    try await withSandbox { sandbox in
      let process = try start(
        sandbox.url, token: sandbox.botToken, ["NOTIFY_SOCKET": receiver.address, "WATCHDOG_USEC": "200000"])
      #expect(try await receiver.next(with: "READY=1").contains("STATUS=connected as @edgecrab"))
      try await receiver.next(with: "WATCHDOG=1")
      _ = try rules("good day")
      #expect(try await receiver.next(with: "RELOADING=1").contains("\nMONOTONIC_USEC="))
      #expect(try await receiver.next(with: "READY=1") == "READY=1\nSTATUS=connected as @edgecrab")
      _ = try folder.write("version: 1\nrules: nothing\n", to: "rules.yaml")
      try await receiver.next(with: "RELOADING=1")
      #expect(try await receiver.next(with: "READY=1").hasSuffix("rules.yaml are refused, see the log"))
      process.terminate()
      try await receiver.next(with: "STOPPING=1")
      #expect(try await process.ended().status == 0)
    }
  }

  @Test func `programs of agents do not inherit the manager's socket`() async throws {
    let receiver = try NotificationReceiver(in: folder)
    _ = try folder.write(
      """
      version: 1
      access: { users: "*" }
      agents: { shell: { type: exec, command: [env] } }
      rules: [{ name: talk, when: { trigger: mention }, agent: shell }]
      """, to: "rules.yaml")
    try await withSandbox { sandbox in
      let process = try start(
        sandbox.url, token: sandbox.botToken,
        ["NOTIFY_SOCKET": receiver.address, "WATCHDOG_USEC": "30000000", "JOURNAL_STREAM": "1:2"])
      try await receiver.next(with: "READY=1")
      let question = try await sandbox.post(as: "alice", in: "dev", "@edgecrab hi")
      let answer = try await sandbox.nextPost(after: question, within: patience) { $0.author == "edgecrab" }.message
      #expect(answer.contains("PATH="), "\(answer)")
      for name in ["NOTIFY_SOCKET", "WATCHDOG", "MATTERMOST", "JOURNAL"] {
        #expect(!answer.contains(name), "\(answer)")
      }
      process.terminate()
      #expect(try await process.ended().status == 0)
    }
  }

  @Test(arguments: ["refused", "failing"])
  func `a start waits for a server that is down, and answers what was posted meanwhile`(kind: String) async throws {
    _ = try rules("hello")
    let receiver = try NotificationReceiver(in: folder)
    try await withSandbox { sandbox in
      // The first run leaves its cursors, so that the second one answers what it missed.
      let first = try start(sandbox.url, token: sandbox.botToken)
      try await first.says("Connected.")
      first.terminate()
      _ = try await first.ended()
      let question = try await sandbox.post(as: "alice", in: "dev", "@edgecrab hi")
      let process: EdgecrabProcess
      let reason: String
      let running: SandboxServer
      if kind == "refused" {
        var waiting: EdgecrabProcess?
        running = try await sandbox.restarted {
          do {
            let started = try start(sandbox.url, token: sandbox.botToken, ["NOTIFY_SOCKET": receiver.address])
            try await started.says("not started yet; trying again")
            waiting = started
          } catch {
            Issue.record(error)
          }
        }
        process = try #require(waiting)
        reason = "Nothing listens at \(sandbox.url)"
      } else {
        await sandbox.misbehave(.calls(.failing, count: 8))
        process = try start(sandbox.url, token: sandbox.botToken, ["NOTIFY_SOCKET": receiver.address])
        try await process.says("not started yet; trying again")
        running = sandbox
        reason = "Mattermost at \(sandbox.url), or a proxy in front of it, failed GET /users/me (50"
      }
      let waiting = try #require(receiver.received())
      #expect(waiting.hasPrefix("STATUS=waiting for the server: \(reason)"), "\(waiting)")
      try await receiver.next(with: "READY=1")
      let answer = try await running.nextPost(after: question, within: patience) { $0.author == "edgecrab" }
      #expect(answer.message == "hello")
      process.terminate()
      #expect(try await process.ended().status == 0)
    }
  }

  @Test func `a start that waits says so on the terminal, and ends at once with SIGTERM`() async throws {
    let process = try start("https://chat.invalid", token: "t", onTerminal: true)
    try await process.says("not connected yet. The name of the server in https://chat.invalid is not known")
    try await process.says("The start is repeated until the server answers; press Ctrl-C to stop.")
    process.terminate()
    _ = try await process.ended()
    let service = try start("http://127.0.0.1:1", token: "t")
    try await service.says("not started yet; trying again")
    service.terminate()
    #expect(try await service.ended().status == 0)
  }

  @Test func `the token is read from a file, and the doctor says from which`() async throws {
    try await withSandbox { sandbox in
      let file = try folder.write(sandbox.botToken + "\n", to: "token")
      let more = ["MATTERMOST_TOKEN_FILE": file]
      let process = try start(sandbox.url, token: "", more)
      try await process.says("Connected.")
      process.terminate()
      #expect(try await process.ended().status == 0)
      let checks = try await Examination.checks(on: sandbox.url, token: nil, [], more)
      let settings = try #require(checks.first { $0.id == "settings" })
      #expect(settings.text == "MATTERMOST_URL is from the environment, MATTERMOST_TOKEN from \(file)")
      #expect(checks.contains { $0.id == "token" && $0.state == "good" })
    }
  }
}
