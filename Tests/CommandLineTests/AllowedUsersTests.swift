import Foundation
import Sandbox
import TestSupport
import Testing

/// `MATTERMOST_ALLOWED_USERS` allows no users by accident.
@Suite struct AllowedUsersTests {
  private static let token = "sekrit-token-that-nobody-may-see"
  private static let empty = "the variable `MATTERMOST_ALLOWED_USERS` is set, but empty [E0233]"
  private static let unset =
    "everyone on the server may talk to the bot, because MATTERMOST_ALLOWED_USERS is not set; "
    + "set it to the users who may talk, like `alice, bob`, or to `*` for everyone"

  /// edgecrab's folder, with a `.env`.
  private func home(_ lines: String) throws -> TemporaryFolder {
    let home = try TemporaryFolder()
    let file = try home.write(lines + "\n", to: ".env")
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
    return home
  }

  private func run(_ arguments: String..., in home: TemporaryFolder, _ own: [String: String] = [:]) async throws
    -> EdgecrabProcess.Ended
  {
    let environment = own.merging(["EDGECRAB_HOME": home.url.path]) { $1 }
    return try await EdgecrabProcess(arguments, environment: environment).ended()
  }

  @Test(arguments: ["", "# nobody yet", " # nobody yet", "''", "\" \"", ",", "\", ,\""])
  func `a list of allowed users without users is refused wherever rules are loaded`(value: String) async throws {
    let home = try home(
      "MATTERMOST_URL=http://127.0.0.1:1\nMATTERMOST_TOKEN=\(Self.token)\nMATTERMOST_ALLOWED_USERS=\(value)")
    let start = try await run("gateway", "start", in: home)
    #expect(start.status == 1)
    #expect(start.errors.contains(Self.empty), "\(start.errors)")
    #expect(
      start.errors.contains("  help: set it to the users who may talk, like `alice, bob`, or to `*` for everyone"))
    let explain = try await run("rules", "explain", "--kind", "direct", "--user", "mallory", in: home)
    #expect(explain.status == 2 && explain.errors.contains(Self.empty))
    #expect(explain.output == "")
    let doctor = try await run("doctor", in: home)
    #expect(doctor.status == 1 && doctor.output.contains("✗ rules     the built-in rules has 1 error\n"))
    #expect(doctor.output.contains("– access    not checked: the rules have errors\n"))
  }

  @Test(arguments: [" ", ",", ""]) func `a list of allowed users without users in the environment is refused`(
    value: String
  ) async throws {
    let ended = try await run("rules", "show", in: try home(""), ["MATTERMOST_ALLOWED_USERS": value])
    #expect(ended.status == 2 && ended.errors.contains(Self.empty), "\(ended)")
  }

  @Test func `an empty list in the environment does not override that of .env`() async throws {
    let home = try home("MATTERMOST_ALLOWED_USERS=Alice")
    func explained(_ user: String) async throws -> String {
      try await run(
        "rules", "explain", "--kind", "direct", "--user", user, in: home, ["MATTERMOST_ALLOWED_USERS": ""]
      ).output
    }
    #expect(try await explained("alice").contains("The agent `echo` is asked"))
    #expect(try await !explained("mallory").contains("The agent `echo` is asked"))
  }

  @Test(arguments: [
    (nil, "everyone on the server, because MATTERMOST_ALLOWED_USERS is not set", true),
    ("*", "everyone on the server", false), ("bob, Alice", "2 users: alice, bob", false),
  ])
  func `start and doctor say who may talk, and warn if all users may because nothing is set`(
    value: String?, said: String, isWarned: Bool
  ) async throws {
    try await withSandbox(botToken: Self.token) { sandbox in
      var environment = ["MATTERMOST_URL": sandbox.url, "MATTERMOST_TOKEN": Self.token]
      environment["MATTERMOST_ALLOWED_USERS"] = value
      let process = try EdgecrabProcess(["gateway", "start"], environment: environment)
      try await process.says("Connected.")
      process.terminate()
      let ended = try await process.ended()
      #expect(ended.output.contains("  may talk  \(said)\n"), "\(ended)")
      #expect(ended.errors.contains("edgecrab: \(Self.unset)\n") == isWarned, "\(ended)")

      let checks = try await Examination.checks(
        on: sandbox.url, token: Self.token, [], value.map { ["MATTERMOST_ALLOWED_USERS": $0] } ?? [:])
      let access = try #require(checks.first { $0.id == "access" })
      #expect(access.text == said)
      #expect(access.state == (isWarned ? "warning" : "good"))
      #expect(access.remedy.first?.contains("to `*` for everyone") ?? false == isWarned)
    }
  }

  @Test func `in a sandbox there is no warning about its fictitious users`() async throws {
    let process = try EdgecrabProcess(["gateway", "start", "--sandbox"])
    try await process.says("Connected.")
    process.terminate()
    #expect(try await !process.ended().errors.contains("may talk"))
  }
}
