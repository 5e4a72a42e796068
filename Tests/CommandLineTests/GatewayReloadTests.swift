import Foundation
import Sandbox
import TestSupport
import Testing

/// The real program: signals, changed files, and starts with the last good rules.
@Suite struct GatewayReloadTests {
  private let home: TemporaryFolder

  init() throws { home = try TemporaryFolder() }

  private static func rules(_ text: String) -> String {
    """
    version: 1
    agents: { echo: { type: echo } }
    rules: [{ name: talk, when: { trigger: [mention, dm] }, say: "\(text)" }]
    """
  }

  private static let bad = "version: 1\nrules: nothing\n"

  private func start(
    _ arguments: [String] = [], on sandbox: SandboxServer, onTerminal: Bool = false, through wrapper: [String] = []
  ) throws -> EdgecrabProcess {
    try EdgecrabProcess(
      ["gateway", "start"] + arguments,
      environment: [
        "EDGECRAB_HOME": home.url.path, "MATTERMOST_URL": sandbox.url, "MATTERMOST_TOKEN": sandbox.botToken,
      ], onTerminal: onTerminal, through: wrapper)
  }

  private func greet(with text: String) throws {
    let file = try home.write("GREETING=\(text)\n", to: ".env")
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
  }

  private func ask(_ sandbox: SandboxServer) async throws -> String {
    let question = try await sandbox.post(as: "alice", in: "dev", "@edgecrab hi")
    return try await sandbox.nextPost(after: question, within: patience) { $0.author == "edgecrab" }.message
  }

  @Test(.timeLimit(.minutes(1)))
  func `SIGHUP reloads the rules with the present .env, and does not end the process`() async throws {
    _ = try home.write(Self.rules("${GREETING:-hello}"), to: "rules.yaml")
    try await withSandbox { sandbox in
      let process = try start(on: sandbox)
      try await process.says("Connected.")
      #expect(try await ask(sandbox) == "hello")
      try greet(with: "good day")
      process.hangUp()
      try await process.says("\(home.path("rules.yaml")) is now in force: 1 rule changed")
      #expect(try await ask(sandbox) == "good day")
      process.terminate()
      #expect(try await process.ended().status == 0)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a rules file that others may write is not loaded, nor is a writable last good copy`() async throws {
    let rules = try home.write(Self.rules("hello"), to: "rules.yaml")
    try await withSandbox { sandbox in
      let process = try start(on: sandbox)
      try await process.says("Connected.")
      #expect(chmod(rules, 0o666) == 0)
      _ = try home.write(Self.rules("owned"), to: "rules.yaml")
      process.hangUp()
      try await process.says("run `chmod go-w \(rules)`")
      #expect(try await ask(sandbox) == "hello")
      process.terminate()
      #expect(try await process.ended().status == 0)
      let second = try start(on: sandbox)
      try await second.says("Connected.")
      #expect(try await ask(sandbox) == "hello", "the last good rules")
      second.terminate()
      #expect(try await second.ended().status == 0)
      let copy = home.path("rules.last-good.yaml")
      #expect(chmod(copy, 0o666) == 0)
      let third = try await start(on: sandbox).ended()
      #expect(
        third.status == 1
          && third.errors.contains("the last good rules are not used: \(copy): other users can write to"))
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `on a terminal, SIGHUP reloads the rules, and closing the terminal ends the process`() async throws {
    _ = try home.write(Self.rules("${GREETING:-hello}"), to: "rules.yaml")
    try await withSandbox { sandbox in
      let process = try start(on: sandbox, onTerminal: true)
      try await process.says("Connected.")
      try greet(with: "good day")
      process.hangUp()
      try await process.says("is now in force: 1 rule changed")
      #expect(try await ask(sandbox) == "good day")
      process.closeTerminal()
      #expect(try await process.ended().status == 0)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a process that ignores SIGHUP outlives its terminal and still reloads the rules`() async throws {
    _ = try home.write(Self.rules("${GREETING:-hello}"), to: "rules.yaml")
    try await withSandbox { sandbox in
      let nohup = ["/bin/sh", "-c", "trap '' HUP; exec \"$@\"", "sh"]
      let process = try start(on: sandbox, onTerminal: true, through: nohup)
      try await process.says("Connected.")
      try greet(with: "good day")
      process.closeTerminal()
      try await wait(for: "the rules to be loaded anew") { try await ask(sandbox) == "good day" }
      try greet(with: "good evening")
      process.hangUp()
      try await wait(for: "the rules to be loaded anew") { try await ask(sandbox) == "good evening" }
      process.terminate()
      #expect(try await process.ended().status == 0)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `with a broken .env the active rules stay`() async throws {
    _ = try home.write(Self.rules("hello"), to: "rules.yaml")
    try await withSandbox { sandbox in
      let process = try start(on: sandbox)
      try await process.says("Connected.")
      let file = try home.write("no assignment\n", to: ".env")
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
      process.hangUp()
      try await process.says("rules rejected")
      #expect(process.said.contains("\(home.path(".env")):1:3: a `=` is missing here"), "\(process.said)")
      #expect(process.said.contains("the rules of 20"), "\(process.said)")
      #expect(try await ask(sandbox) == "hello")
    }
  }

  @Test(.timeLimit(.minutes(1)), arguments: [false, true])
  func `the result of a reload is printed once, on the terminal or in the log`(
    onTerminal: Bool
  ) async throws {
    let path = try home.write(Self.rules("one"), to: "rules.yaml")
    let process = try EdgecrabProcess(
      ["gateway", "start", "--sandbox"], environment: ["EDGECRAB_HOME": home.url.path], onTerminal: onTerminal)
    try await process.says("Connected.")
    _ = try home.write(Self.bad, to: "rules.yaml")
    try await process.says(onTerminal ? "\(path):2:8: error: " : "rules rejected")
    _ = try home.write(Self.rules("two"), to: "rules.yaml")
    try await process.says("is now in force: 1 rule changed")
    let lines = process.said.split(whereSeparator: \.isNewline)
    #expect(lines.count { $0.contains("is now in force: 1 rule changed") } == 1)
    #expect(lines.count { $0.contains("must be a list, not `nothing`") } == 1)
    #expect(lines.contains { $0.hasPrefix("edgecrab: \(path) is now in force") } == onTerminal)
    #expect(lines.contains { $0.contains("rules rejected") } != onTerminal)
  }

  @Test(.timeLimit(.minutes(1)))
  func `a new rules file replaces the built-in rules`() async throws {
    try await withSandbox { sandbox in
      let process = try start(on: sandbox)
      try await process.says("Connected.")
      _ = try home.write(Self.rules("mine"), to: "rules.yaml")
      try await process.says("rules.yaml is now in force: ")
      #expect(try await ask(sandbox) == "mine")
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a start with a bad file shows its diagnostics and uses the last good one`() async throws {
    let path = try home.write(Self.rules("kept"), to: "rules.yaml")
    try await withSandbox { sandbox in
      let first = try start(on: sandbox)
      try await first.says("Connected.")
      first.terminate()
      _ = try await first.ended()

      _ = try home.write(Self.bad, to: "rules.yaml")
      let second = try start(on: sandbox)
      try await second.says("Connected.")
      #expect(second.said.contains("\(path):2:8: error:"), "\(second.said)")
      #expect(second.said.contains("using the last good rules, of 20"))
      #expect(second.said.contains("last good rules in use"))
      #expect(try await ask(sandbox) == "kept")
      second.terminate()
      _ = try await second.ended()

      let third = try start(["--no-last-good"], on: sandbox)
      #expect(try await third.ended().status == 1)
      #expect(third.said.contains("\(path):2:8: error:") && !third.said.contains("using the last good"))
      let fourth = try start(["--rules", try home.write(Self.bad, to: "other.yaml")], on: sandbox)
      #expect(try await fourth.ended().status == 1)
    }
  }

  @Test(.timeLimit(.minutes(1))) func `a run on the sandbox reloads rules and stores no last good copy`() async throws {
    let path = try home.write(Self.rules("one"), to: "rules.yaml")
    let process = try EdgecrabProcess(
      ["gateway", "start", "--sandbox"], environment: ["EDGECRAB_HOME": home.url.path])
    try await process.says("Connected.")
    _ = try home.write(Self.rules("two"), to: "rules.yaml")
    try await process.says("\(path) is now in force")
    process.terminate()
    #expect(try await process.ended().status == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: home.url.path) == ["rules.yaml"])
  }

  @Test(.timeLimit(.minutes(1))) func `health is served at the given address`() async throws {
    let process = try EdgecrabProcess(["gateway", "start", "--sandbox", "--health", "0"])
    try await process.says("Connected.")
    let line = try #require(process.said.split(separator: "\n").first { $0.hasPrefix("  health") })
    let url = String(try #require(line.split(separator: " ").last))
    let answer = try await RawHTTP.send("GET", url)
    #expect(answer.status == 200 && answer.text.contains("\"file\" : \"the built-in rules\""), "\(answer.text)")
  }

  @Test func `an invalid address for health is refused`() async throws {
    let ended = try await EdgecrabProcess(["gateway", "start", "--sandbox", "--health", "chat:80"]).ended()
    #expect(ended.status == 64)
    #expect(
      ended.errors.contains("`chat` is not an IP address; use one like 127.0.0.1:8081"), "\(ended.errors)")
  }
}
