import Foundation
import Sandbox
import TestSupport
import Testing

/// The start-up messages of the gateway, and the reasons why it does not start.
@Suite struct GatewayStartTests {
  private static let token = "sekrit-token-that-nobody-may-see"

  private func start(
    _ arguments: [String] = [], url: String?, token: String? = token, more: [String: String] = [:]
  ) throws -> EdgecrabProcess {
    var environment = more
    environment["MATTERMOST_URL"] = url
    environment["MATTERMOST_TOKEN"] = token
    return try EdgecrabProcess(["gateway", "start"] + arguments, environment: environment)
  }

  /// Expects that it exits with a status and a message, and never prints the token.
  private func expectRefusal(
    _ process: EdgecrabProcess, status: Int32 = 1, saying sentences: [String],
    _ location: SourceLocation = #_sourceLocation
  ) async throws {
    let ended = try await process.ended()
    #expect(ended.status == status, sourceLocation: location)
    for sentence in sentences {
      #expect(ended.errors.contains(sentence), "\(ended.errors)", sourceLocation: location)
    }
    #expect(!process.said.contains(Self.token), sourceLocation: location)
  }

  @Test func `the gateway prints its bot and server, answers, and stops cleanly on SIGTERM`() async throws {
    try await withSandbox(botToken: Self.token) { sandbox in
      let process = try start(url: sandbox.url + "///")
      try await process.says("Connected.")
      process.terminate()
      let ended = try await process.ended()
      #expect(ended.status == 0)
      for line in ["@edgecrab", "the built-in rules: 2 rules", "everyone on the server", "~dev", "Mattermost 6.7.0"] {
        #expect(ended.output.contains(line), "\(ended.output)")
      }
      #expect(!process.said.contains(Self.token))
    }
  }

  @Test func `SIGINT stops the gateway cleanly, and the page of its sandbox is printed`() async throws {
    let process = try EdgecrabProcess(["gateway", "start", "--sandbox"])
    try await process.says("Talk to the bot at\n  http://127.0.0.1:")
    process.interrupt()
    #expect(try await process.ended().status == 0)
  }

  @Test func `a run on the sandbox does not touch the store of the real server`() async throws {
    let home = FileManager.default.temporaryDirectory.appending(path: "home-\(UUID())")
    try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: home) }
    let process = try EdgecrabProcess(["gateway", "start", "--sandbox"], environment: ["EDGECRAB_HOME": home.path])
    try await process.says("Talk to the bot at")
    process.terminate()
    #expect(try await process.ended().status == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: home.path).isEmpty)
  }

  @Test func `both missing variables are reported at once`() async throws {
    try await expectRefusal(
      try start(url: nil, token: nil), saying: ["MATTERMOST_URL is not set", "MATTERMOST_TOKEN is not set"])
  }

  @Test(arguments: ["ftp://chat.example.com", "chat.example.com", "https://", "https://user:pw@chat.example.com"])
  func `an invalid server address is refused`(url: String) async throws {
    try await expectRefusal(try start(url: url), saying: ["MATTERMOST_URL"])
  }

  @Test func `a token with a line break is refused and not shown`() async throws {
    try await expectRefusal(
      try start(url: "http://127.0.0.1:1", token: Self.token + "\nX-Evil: 1"),
      saying: ["MATTERMOST_TOKEN contains a line break"])
  }

  @Test func `a .env that others can read is refused with the remedy`() async throws {
    let home = try TemporaryFolder()
    let file = try home.write("MATTERMOST_TOKEN=\(Self.token)\n", to: ".env")
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
    try await expectRefusal(
      try start(url: "http://127.0.0.1:1", token: nil, more: ["EDGECRAB_HOME": home.url.path]), saying: ["chmod 600"])
  }

  @Test(arguments: ["rules.yaml", "", "home"])
  func `the gateway does not start with files that others may write, and doctor shows them`(name: String) async throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("version: 1\nrules: []\n", to: "rules.yaml")
    try FileManager.default.createDirectory(atPath: folder.path("home"), withIntermediateDirectories: false)
    let open = name.isEmpty ? folder.url.path : folder.path(name)
    try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: open)
    let more = ["EDGECRAB_HOME": folder.path("home")]
    try await expectRefusal(
      try start(["--rules", path], url: "http://127.0.0.1:1", more: more), saying: ["run `chmod go-w \(open)`"])
    let checks = try await Examination.checks(on: nil, token: nil, ["--rules", path], more)
    let wrong = checks.filter { $0.state == "wrong" && $0.remedy == ["Run `chmod go-w \(open)`."] }
    #expect(wrong.map(\.id) == [name == "home" ? "settings" : "rules"])
    let check = try await EdgecrabProcess(["rules", "check", path], environment: more).ended()
    #expect(check.status == 0, "a file is looked at wherever it lies")
  }

  @Test func `a wrong token has its own error`() async throws {
    try await withSandbox { sandbox in
      try await expectRefusal(try start(url: sandbox.url), status: 78, saying: ["(401)", "MATTERMOST_TOKEN"])
    }
  }

  @Test func `a token that is revoked at run time ends the gateway with 78`() async throws {
    try await withSandbox(botToken: Self.token) { sandbox in
      let process = try start(url: sandbox.url)
      try await process.says("Connected.")
      await sandbox.misbehave(.revokedToken)
      // It checks again as soon as a request is rejected.
      try await sandbox.post(as: "alice", in: "dev", "@edgecrab hello")
      try await expectRefusal(process, status: 78, saying: ["(401)", "MATTERMOST_TOKEN"])
    }
  }

  @Test func `with the option, a rejected token is tried again until it is accepted`() async throws {
    try await withSandbox(botToken: Self.token) { sandbox in
      await sandbox.misbehave(.revokedToken)
      let process = try start(["--on-unauthorized", "retry"], url: sandbox.url)
      try await process.says("not started yet; trying again")
      await sandbox.misbehave(.restoredToken)
      try await process.says("Connected.")
      process.terminate()
      #expect(try await process.ended().status == 0)
      #expect(!process.said.contains(Self.token))
    }
  }

  @Test func `rules with a mistake do not start`() async throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("version: 1\nrules: nothing\n", to: "rules.yaml")
    try await expectRefusal(
      try start(["--rules", path], url: "http://127.0.0.1:1"), saying: ["\(path):2:8: error:"])
  }

  @Test func `a missing rules file does not start`() async throws {
    try await expectRefusal(
      try start(["--rules", "/nonexistent.yaml"], url: "http://127.0.0.1:1"),
      saying: ["there is no rules file `/nonexistent.yaml`"])
  }
}
