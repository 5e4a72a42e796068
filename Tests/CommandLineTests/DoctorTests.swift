import Foundation
import Sandbox
import TestSupport
import Testing

/// The doctor on the sandbox, with each mistake that is Mattermost's.
@Suite struct DoctorTests {
  private static let token = "sekrit-token-that-nobody-may-see"

  @Test func `if all is well, every check says so in 80 columns, and the exit status is 0`() async throws {
    try await withSandbox(botToken: Self.token) { sandbox in
      let seen = try await sandbox.posts(in: "dev").count
      let ended = try await Examination.run(
        on: sandbox.url, token: Self.token, [], ["MATTERMOST_ALLOWED_USERS": "*"])
      #expect(ended.status == 0, "\(ended.output)")
      #expect(ended.errors == "")
      let lines = ended.output.split(separator: "\n")
      #expect(lines.allSatisfy { $0.count <= 80 }, "\(ended.output)")
      #expect(lines.dropLast().allSatisfy { $0.hasPrefix("✓ ") || $0.hasPrefix("   ") }, "\(ended.output)")
      for line in [
        "✓ address   \(sandbox.url)", "✓ proxy     none: the connection is direct",
        "✓ DNS       the server is at 127.0.0.1",
        "✓ REST      Mattermost 6.7.0", "✓ token     belongs to @edgecrab, id ", "✓ account   a bot account",
        "✓ WebSocket the event socket opens (101)", "✓ greeting  the server greets the bot on the event socket",
        "✓ teams     acme",
        "✓ channels  ~dev, ~ops, ~town-square, 5 direct, 1 group", "✓ posting   allowed in all of them",
        "✓ rules     the built-in rules: 2 rules, 1 agent, 9 tests", "✓ access    everyone on the server",
        "✓ agents    1 agent; no external program needed",
        "✓ names     the rules contain no names",
      ] { #expect(ended.output.contains(line), "\(line) is not in\n\(ended.output)") }
      #expect(!ended.output.contains("\u{1B}"))
      #expect(try await sandbox.posts(in: "dev").count == seen, "nothing was posted")
    }
  }

  @Test func `doctor prints one JSON document with every id for programs`() async throws {
    try await withSandbox(botToken: Self.token) { sandbox in
      let checks = try await Examination.checks(
        on: sandbox.url, token: Self.token, [], ["MATTERMOST_ALLOWED_USERS": "alice"])
      #expect(
        checks.map(\.id) == [
          "settings", "address", "proxy", "dns", "tcp", "tls", "rest", "clock", "token", "account", "websocket",
          "greeting", "teams", "channels", "posting", "folder", "store", "rules", "access", "agents", "names",
        ])
      #expect(checks.allSatisfy { $0.state == "good" && $0.remedy.isEmpty })
    }
  }

  @Test func `a rejected token has its own diagnostic, and checks that need it are skipped`() async throws {
    try await withSandbox { sandbox in
      let ended = try await Examination.run(on: sandbox.url, token: Self.token)
      #expect(ended.status == 1)
      #expect(ended.output.contains("✗ token     Mattermost at \(sandbox.url) does not accept the token\n"))
      #expect(ended.output.contains("✓ WebSocket the event socket opens (101)"))
      for id in ["account  ", "greeting ", "teams    ", "channels ", "posting  ", "names    "] {
        #expect(ended.output.contains("– \(id) not checked: the token is not accepted"), "\(ended.output)")
      }
      #expect(!ended.output.contains(Self.token))
    }
  }

  @Test func `the token of a person is reported as not a bot's`() async throws {
    try await withSandbox { sandbox in
      let checks = try await Examination.checks(on: sandbox.url, token: try sandbox.token(of: "alice"))
      let wrong = try #require(checks.first { $0.state == "wrong" })
      #expect(wrong.id == "account" && wrong.text.hasPrefix("@alice is a person's account"))
      #expect(wrong.remedy.first?.hasPrefix("Create a bot account under Integrations > Bot Accounts") == true)
    }
  }

  @Test func `a channel in which the bot may not post is reported`() async throws {
    try await withSandbox(botToken: Self.token) { sandbox in
      try await sandbox.moderate("ops")
      let posting = try await Examination.checks(on: sandbox.url, token: Self.token).filter { $0.id == "posting" }
      #expect(posting.map(\.state) == ["good", "wrong"])
      #expect(posting[0].text == "allowed in ~dev, ~town-square, 5 direct, 1 group")
      #expect(posting[1].text == "not allowed in ~ops: the bot's roles there lack create_post")
    }
  }

  @Test func `unknown names are reported with their location and the nearest name`() async throws {
    let folder = try TemporaryFolder()
    let rules = try folder.write(
      """
      version: 1
      access: { users: [alice, bbo, zebedee] }
      agents: { echo: { type: echo } }
      rules:
        - name: desk
          when: { channel: [dev, ~dve, random, attic], team: acem, trigger: [mention, dm] }
          agent: echo
      """, to: "rules.yaml")
    try await withSandbox(botToken: Self.token) { sandbox in
      let checks = try await Examination.checks(on: sandbox.url, token: Self.token, ["--rules", rules])
      let names = checks.filter { $0.id == "names" }
      #expect(
        names.map { $0.text.replacing(rules, with: "rules.yaml") } == [
          "1 user, 1 channel known to the server",
          "rules.yaml:2:26: the server has no user `bbo`; did you mean `bob`?",
          "rules.yaml:2:31: the server has no user `zebedee`",
          "rules.yaml:6:28: the server has no channel `dve`; did you mean `dev`?",
          "rules.yaml:6:34: the bot is not in the channel `random`, so it receives nothing from it",
          "rules.yaml:6:42: the channel `attic` is archived, so no one can post there",
          "rules.yaml:6:56: the bot is not in a team `acem`; did you mean `acme`?",
        ])
      #expect(names.dropFirst().allSatisfy { $0.state == "wrong" })
    }
  }

  @Test func `a name that was taken over by another user is reported with both names`() async throws {
    let home = try TemporaryFolder()
    let rules = try home.write(
      """
      version: 1
      access: { users: alice }
      agents: { echo: { type: echo } }
      rules:
        - { name: desk, when: { trigger: [mention, dm] }, agent: echo }
      """, to: "rules.yaml")
    try await withSandbox(botToken: Self.token) { sandbox in
      let (bot, bob) = (try sandbox.userID("edgecrab"), try sandbox.userID("bob"))
      _ = try home.write(
        #"{"bot":"\#(bot)","names":[{"role":"user","name":"alice","team":"","id":"\#(bob)"}]}"#, to: "names.json")
      let checks = try await Examination.checks(
        on: sandbox.url, token: Self.token, ["--rules", rules], ["EDGECRAB_HOME": home.url.path])
      let moved = try #require(checks.first { $0.id == "names" && $0.state == "wrong" })
      #expect(
        moved.text == "@alice now belongs to a different user; "
          + "the rules still apply to the original one, now called @bob")
      #expect(moved.remedy == ["Update the rules, or restart with --accept-renames."])
    }
  }

  @Test func `settings, folder and rules are checked without a server`() async throws {
    let folder = try TemporaryFolder()
    let rules = try folder.write("version: 1\nrules: 7\n", to: "rules.yaml")
    let checks = try await Examination.checks(on: nil, token: nil, ["--rules", rules])
    #expect(checks.filter { $0.id == "settings" }.map(\.state) == ["wrong", "wrong"])
    #expect(checks.first { $0.id == "folder" }?.state == "good")
    #expect(checks.first { $0.id == "rules" }?.text == "\(rules) has 1 error")
    #expect(checks.first { $0.id == "dns" }?.state == "unchecked")
  }

  @Test func `a .env that others can read is an error, and the server is still checked`() async throws {
    try await withSandbox { sandbox in
      let home = try TemporaryFolder()
      let file = try home.write("MATTERMOST_URL=\(sandbox.url)\nMATTERMOST_TOKEN=\(Self.token)\n", to: ".env")
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
      let checks = try await Examination.checks(on: nil, token: nil, [], ["EDGECRAB_HOME": home.url.path])
      let settings = try #require(checks.first { $0.id == "settings" })
      #expect(settings.state == "wrong" && settings.remedy == ["Run `chmod 600 \(file)`."])
      #expect(checks.first { $0.id == "rest" }?.state == "good")
      #expect(checks.first { $0.id == "token" }?.state == "unchecked")
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
      let good = try await Examination.checks(on: nil, token: nil, [], ["EDGECRAB_HOME": home.url.path])
      #expect(good.first?.text == "MATTERMOST_URL and MATTERMOST_TOKEN are from \(file)")
    }
  }

  @Test func `variables that a start refuses are errors, and those of traces are warnings`() async throws {
    let checks = try await Examination.checks(
      on: "http://127.0.0.1:1", token: Self.token, [],
      ["EDGECRAB_LISTEN": "x", "EDGECRAB_LOG_FORMAT": "xml", "OTEL_TRACES_EXPORTER": "zipkin"])
    let settings = checks.filter { $0.id == "settings" }
    #expect(settings.map(\.state) == ["good", "wrong", "wrong", "warning"])
    #expect(settings[1].text == "EDGECRAB_LISTEN: `x` is not a port")
    #expect(settings[1].remedy == ["Use 8081 or 127.0.0.1:8081."])
    #expect(settings[2].text == "EDGECRAB_LOG_FORMAT is `xml`, which is not a log format")
    #expect(settings[2].remedy == ["Set it to text or json."])
    #expect(settings[3].text == "traces are not exported: OTEL_TRACES_EXPORTER must be otlp or none")
  }

  @Test(.enabled(if: getuid() != 0, "root may write everything"))
  func `a folder that is not writable is an error`() async throws {
    let home = try TemporaryFolder()
    try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: home.url.path)
    defer { try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: home.url.path) }
    let checks = try await Examination.checks(on: nil, token: nil, [], ["EDGECRAB_HOME": home.url.path])
    #expect(checks.first { $0.id == "folder" }?.state == "wrong")
    #expect(checks.first { $0.id == "store" }?.state == "unchecked")
  }

  @Test func `a file in place of the folder is an error, also for root`() async throws {
    let folder = try TemporaryFolder()
    let home = try folder.write("", to: "home")
    let checks = try await Examination.checks(on: nil, token: nil, [], ["EDGECRAB_HOME": home])
    #expect(checks.first { $0.id == "folder" }?.text == "\(home) is not writable")
  }

  @Test(arguments: [["--format", "xml"], ["--nonsense"]])
  func `invalid arguments exit with 64`(arguments: [String]) async throws {
    let ended = try await EdgecrabProcess(["doctor"] + arguments).ended()
    #expect(ended.status == 64 && ended.errors.contains("Usage: edgecrab doctor"))
  }

  @Test func `on a terminal, marks have colours`() async throws {
    let ended = try await EdgecrabProcess(["doctor"], environment: ["TERM": "xterm"], onTerminal: true).ended()
    #expect(ended.output.contains("\u{1B}[1;31m✗\u{1B}[0m settings"))
    #expect(ended.output.contains("\u{1B}[1;32m✓\u{1B}[0m rules"))
  }
}

/// Runs of the doctor, and their JSON reports.
enum Examination {
  struct Check: Decodable {
    var id: String
    var state: String
    var text: String
    var remedy: [String]
  }

  private struct Report: Decodable {
    var version: Int
    var wrong: Int
    var warnings: Int
    var checks: [Check]
  }

  static func run(
    on url: String?, token: String?, _ arguments: [String] = [], _ more: [String: String] = [:]
  ) async throws -> EdgecrabProcess.Ended {
    var environment = more
    environment["MATTERMOST_URL"] = url
    environment["MATTERMOST_TOKEN"] = token
    return try await EdgecrabProcess(["doctor"] + arguments, environment: environment).ended()
  }

  /// Returns the checks, after verifying that the exit code matches them and that they show no token.
  static func checks(
    on url: String?, token: String?, _ arguments: [String] = [], _ more: [String: String] = [:]
  ) async throws -> [Check] {
    let ended = try await run(on: url, token: token, arguments + ["--format", "json"], more)
    if let token { #expect(!(ended.output + ended.errors).contains(token)) }
    let report = try JSONDecoder().decode(Report.self, from: Data(ended.output.utf8))
    #expect(report.version == 1)
    #expect(report.wrong == report.checks.count { $0.state == "wrong" })
    #expect(report.warnings == report.checks.count { $0.state == "warning" })
    #expect(ended.status == (report.wrong == 0 ? 0 : 1))
    return report.checks
  }
}
