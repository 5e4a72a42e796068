import Foundation
import Sandbox
import TestSupport
import Testing

/// What whoever starts the gateway sees, where it works and where it cannot.
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

  /// It ends with this status, says this, and never the token.
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

  @Test func `it says who and where it is, answers, and ends cleanly when told to`() async throws {
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

  @Test func `an interrupt ends it cleanly as well, and the page of its own sandbox is named`() async throws {
    let process = try EdgecrabProcess(["gateway", "start", "--sandbox"])
    try await process.says("Talk to the bot at\n  http://127.0.0.1:")
    process.interrupt()
    #expect(try await process.ended().status == 0)
  }

  @Test func `a run on the sandbox leaves the store of the real server alone`() async throws {
    let home = FileManager.default.temporaryDirectory.appending(path: "home-\(UUID())")
    try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: home) }
    let process = try EdgecrabProcess(["gateway", "start", "--sandbox"], environment: ["EDGECRAB_HOME": home.path])
    try await process.says("Talk to the bot at")
    process.terminate()
    #expect(try await process.ended().status == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: home.path).isEmpty)
  }

  @Test func `both variables that are missing are named at once`() async throws {
    try await expectRefusal(
      try start(url: nil, token: nil), saying: ["MATTERMOST_URL is not set", "MATTERMOST_TOKEN is not set"])
  }

  @Test(arguments: ["ftp://chat.example.com", "chat.example.com", "https://", "https://user:pw@chat.example.com"])
  func `an address that is none is refused`(url: String) async throws {
    try await expectRefusal(try start(url: url), saying: ["MATTERMOST_URL"])
  }

  @Test func `a token with a line break is refused and not shown`() async throws {
    try await expectRefusal(
      try start(url: "http://127.0.0.1:1", token: Self.token + "\nX-Evil: 1"),
      saying: ["MATTERMOST_TOKEN holds a line break"])
  }

  @Test func `a .env that others can read is refused with its cure`() async throws {
    let home = try TemporaryFolder()
    let file = try home.write("MATTERMOST_TOKEN=\(Self.token)\n", to: ".env")
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
    try await expectRefusal(
      try start(url: "http://127.0.0.1:1", token: nil, more: ["EDGECRAB_HOME": home.url.path]), saying: ["chmod 600"])
  }

  /// Issue 11, no. 17.
  @Test(arguments: ["rules.yaml", "", "home"])
  func `what others may write starts nothing, and is shown by the doctor`(name: String) async throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("version: 1\nrules: []\n", to: "rules.yaml")
    try FileManager.default.createDirectory(atPath: folder.path("home"), withIntermediateDirectories: false)
    let open = name.isEmpty ? folder.url.path : folder.path(name)
    try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: open)
    let more = ["EDGECRAB_HOME": folder.path("home")]
    try await expectRefusal(
      try start(["--rules", path], url: "http://127.0.0.1:1", more: more), saying: ["run `chmod go-w \(open)`"])
    let checks = try await Examination.checks(on: nil, token: nil, ["--rules", path], more)
    let wrong = checks.filter { $0.state == "wrong" && $0.cure == ["Run `chmod go-w \(open)`."] }
    #expect(wrong.map(\.id) == [name == "home" ? "settings" : "rules"])
    let check = try await EdgecrabProcess(["rules", "check", path], environment: more).ended()
    #expect(check.status == 0, "a file is looked at wherever it lies")
  }

  @Test func `a wrong token is told from everything else`() async throws {
    try await withSandbox { sandbox in
      try await expectRefusal(try start(url: sandbox.url), status: 78, saying: ["(401)", "MATTERMOST_TOKEN"])
    }
  }

  @Test func `a token that is revoked while it runs ends it with 78`() async throws {
    try await withSandbox(botToken: Self.token) { sandbox in
      let process = try start(url: sandbox.url)
      try await process.says("Connected.")
      await sandbox.misbehave(.revokedToken)
      // It asks again as soon as a call is refused.
      try await sandbox.post(as: "alice", in: "dev", "@edgecrab hello")
      try await expectRefusal(process, status: 78, saying: ["(401)", "MATTERMOST_TOKEN"])
    }
  }

  @Test func `where that is wanted, a token that is not accepted is tried again until it is`() async throws {
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

  @Test func `where nothing listens, it says so`() async throws {
    try await expectRefusal(try start(url: "http://127.0.0.1:1"), saying: ["Nothing listens at http://127.0.0.1:1"])
  }

  @Test func `a name that nobody knows is named`() async throws {
    try await expectRefusal(
      try start(url: "https://chat.invalid"), saying: ["The name of the server in https://chat.invalid is not known"])
  }

  @Test func `rules with a mistake do not start`() async throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("version: 1\nrules: nothing\n", to: "rules.yaml")
    try await expectRefusal(
      try start(["--rules", path], url: "http://127.0.0.1:1"), saying: ["\(path):2:8: error:"])
  }

  @Test func `rules that are not there do not start`() async throws {
    try await expectRefusal(
      try start(["--rules", "/nonexistent.yaml"], url: "http://127.0.0.1:1"),
      saying: ["there is no rules file `/nonexistent.yaml`"])
  }
}
