import ConfigLoader
import Core
import Foundation
import Logging
import RuleEngine
import Sandbox
import ServerLookup
import TestSupport
import Testing

@testable import Gateway

/// Renamed users, channels and teams: the rules still apply to the original ones.
@Suite struct RenameTests {
  private static let rules = """
    version: 1
    access: { users: alice }
    agents: { echo: { type: echo } }
    rules:
      - { name: talk, when: { channel: dev, team: acme, trigger: mention }, agent: echo }
    """

  /// A gateway with its `/health` and its decisions.
  private struct Running {
    let server: NamesServer
    let folder: TemporaryFolder
    var acceptsRenames = false
    var rules = RenameTests.rules

    /// Runs `body` with functions that return the health and the outcome of a user's mention; returns the warnings of
    /// the start.
    @discardableResult
    func run(
      _ body: (_ health: () async throws -> [String: Any], _ outcome: (String, String) async throws -> Outcome)
        async throws -> Void = { _, _ in }
    ) async throws -> [String] {
      let loaded = RulesFile.load(text: rules, file: "rules.yaml", environment: [:], now: 0)
      let settings = GatewaySettings(
        address: try WebAddress(server.address), token: Secret("TOKEN"), rules: try ValidatedRules(loaded),
        listen: try ListenAddress("0"), home: folder.url.path, acceptsRenames: acceptsRenames)
      let decided = AsyncQueue<(PostID, Outcome)>()
      var warnings: [String] = []
      try await withGateway(settings, observe: { decided(($0.post, $1.outcome)) }) { report in
        warnings = report.warnings
        let line = try #require("\(report)".split(separator: "\n").first { $0.contains("/health") })
        let url = String(try #require(line.split(separator: " ").last))
        let health = {
          let answer = try await RawHTTP.send("GET", url)
          return try #require(try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any])
        }
        try await wait(for: "the connection") { try await health()["status"] as? String != "down" }
        var posts = 0
        try await body(health) { user, channel in
          posts += 1
          let id = "post-\(UUID())-\(posts)"
          await server.post(by: user, in: channel, id: id)
          let (post, outcome) = try await decided.next("a decision about \(user)'s post")
          #expect(post.rawValue == id)
          return outcome
        }
      }
      return warnings
    }
  }

  private func with(_ body: (Running) async throws -> Void) async throws {
    let server = try await NamesServer.start()
    do {
      try await body(Running(server: server, folder: try TemporaryFolder()))
    } catch {
      await server.stop()
      throw error
    }
    await server.stop()
  }

  private func moved(_ health: [String: Any]) -> [String] {
    (health["moved"] as? [[String: Any]] ?? []).map {
      "\($0["kind"] ?? "") \($0["name"] ?? "") \($0["id"] ?? "") now \($0["now"] ?? "?") taken \($0["taken"] ?? "")"
    }.sorted()
  }

  @Test(.timeLimit(.minutes(1)))
  func `a rename is reported and not followed, until the name is restored`() async throws {
    try await with { running in
      try await running.run { (health, outcome) async throws in
        #expect(try await health()["status"] as? String == "ok")
        let server = running.server
        await server.rename(user: "alice-id", to: "asmith")
        await server.rename(channel: "dev-id", to: "dev-old")
        await server.rename(team: "acme-id", to: "acme-corp")
        await server.rename(user: "mallory-id", to: "alice")
        let expected = [
          "channel dev dev-id now dev-old taken 0", "team acme acme-id now acme-corp taken 0",
          "user alice alice-id now asmith taken 1",
        ]
        try await wait(for: "the names to be told of") { try await moved(health()) == expected }
        #expect(try await health()["status"] as? String == "degraded")
        #expect(try await outcome("alice-id", "dev-id") == .ask(agent: "echo"))
        #expect(try await outcome("mallory-id", "dev-id") == .silent(.noAccess))

        await server.rename(user: "mallory-id", to: "mallory")
        await server.rename(user: "alice-id", to: "alice")
        await server.rename(channel: "dev-id", to: "dev")
        await server.rename(team: "acme-id", to: "acme")
        try await wait(for: "the names to be back") { try await health()["status"] as? String == "ok" }
        #expect(try await health()["moved"] == nil)
      }
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a channel that takes over a name does not get its rights when the bot joins it`() async throws {
    let rules = """
      version: 1
      rules:
        - { name: there, when: { channel: dev, trigger: mention }, say: "Hello, dev." }
      """
    try await Setting.with { setting in
      func ask() async throws {
        try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab hi")
        #expect(try await setting.ask("@edgecrab hi", in: "development").message == "Hello, dev.")
      }
      try await setting.withGateway(rules: rules) {
        try await setting.sandbox.rename("dev", to: "development")
        try await setting.sandbox.rename("random", to: "dev")
        try await setting.sandbox.add("edgecrab", to: "dev")
        try await ask()
      }
      try await setting.withGateway(rules: rules) { try await ask() }
      #expect(try await setting.said(in: "dev").isEmpty)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a user who takes over a name does not get its rights after a restart`() async throws {
    try await with { running in
      #expect(try await running.run() == [])
      await running.server.change { world in
        world.users["alice-id"] = "asmith"
        world.users["mallory-id"] = "alice"
        world.channels["dev-id"] = "dev-old"
        world.channels["other-id"] = "dev"
      }
      let warnings = try await running.run { (health, outcome) async throws in
        #expect(try await health()["status"] as? String == "degraded")
        #expect(try await outcome("alice-id", "dev-id") == .ask(agent: "echo"))
        #expect(try await outcome("mallory-id", "dev-id") == .silent(.noAccess))
        #expect(try await outcome("alice-id", "other-id") == .silent(.noRule))
      }
      #expect(
        warnings == [
          "~dev now belongs to a different channel; the rules still apply to the original one, now called ~dev-old; "
            + "update the rules, or restart with --accept-renames",
          "@alice now belongs to a different user; the rules still apply to the original one, now called @asmith; "
            + "update the rules, or restart with --accept-renames",
        ])

      // The operator accepts the renames.
      var accepting = running
      accepting.acceptsRenames = true
      let accepted = try await accepting.run { (health, outcome) async throws in
        #expect(try await health()["status"] as? String == "ok")
        #expect(try await outcome("mallory-id", "other-id") == .ask(agent: "echo"))
        #expect(try await outcome("alice-id", "other-id") == .silent(.noAccess))
      }
      #expect(accepted == [])
      #expect(try await running.run() == [], "it is accepted for good")
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a rules file with the new name is followed, and the old name is unpinned`() async throws {
    try await with { running in
      try await running.run()
      await running.server.change { $0.users["alice-id"] = "asmith" }
      #expect(
        try await running.run() == [
          "@alice in the rules is now called @asmith; the rules still apply to it; update the rules"
        ])
      var edited = running
      edited.rules = Self.rules.replacing("users: alice", with: "users: asmith")
      let warnings = try await edited.run { (_, outcome) async throws in
        #expect(try await outcome("alice-id", "dev-id") == .ask(agent: "echo"))
      }
      #expect(warnings == [])
      let kept = try String(contentsOfFile: running.folder.path("names.json"), encoding: .utf8)
      #expect(kept.contains("asmith") && !kept.contains("\"alice\""))
    }
  }

  @Test(.timeLimit(.minutes(1))) func `a name that does not exist any more stays pinned`() async throws {
    try await with { running in
      try await running.run()
      await running.server.change { world in
        world.users["alice-id"] = nil
        world.channels["dev-id"] = nil
        world.joined = ["other-id"]
      }
      let warnings = try await running.run { (health, _) async throws in #expect(try await health()["moved"] == nil) }
      #expect(
        warnings == [
          "the rules name @alice, but the server has no such user: conditions on it never hold",
          "the rules name ~dev, but the bot is in no such channel: add it there",
        ])
      await running.server.change { world in
        world.users["alice-id"] = "asmith"
        world.users["mallory-id"] = "alice"
        world.channels["dev-id"] = "dev"
        world.joined = ["dev-id", "other-id"]
      }
      try await running.run { (_, outcome) async throws in
        #expect(try await outcome("mallory-id", "dev-id") == .silent(.noAccess))
        #expect(try await outcome("alice-id", "dev-id") == .ask(agent: "echo"))
      }
    }
  }

  @Test(.timeLimit(.minutes(1)), arguments: ["", "{", "[]", "{\"bot\": 7}"])
  func `the gateway does not start with an unreadable file of pinned names, unless renames are accepted`(
    content: String
  ) async throws {
    try await with { running in
      let path = try running.folder.write(content, to: "names.json")
      let error = await #expect(throws: GatewayError.self) { try await running.run() }
      #expect(error?.description.contains(path) == true && error?.description.contains("--accept-renames") == true)
      var accepting = running
      accepting.acceptsRenames = true
      try await accepting.run()
      try await running.run()
    }
  }

  @Test(.timeLimit(.minutes(1))) func `the pinned names of another bot are ignored`() async throws {
    try await with { running in
      try await running.run()
      await running.server.change { world in
        world.users["bot2-id"] = "edgecrab2"
        world.bot = "bot2-id"
        world.users["alice-id"] = "asmith"
        world.users["mallory-id"] = "alice"
      }
      #expect(try await running.run() == [])
    }
  }

  @Test func `status names renamed users, and only counts channels and teams`() {
    let moved = [
      RenamedEntity(role: .user, name: "alice", id: "a", now: "asmith", isTaken: false),
      RenamedEntity(role: .user, name: "bob", id: "b", now: nil, isTaken: true),
      RenamedEntity(role: .channel, name: "secret", id: "c", now: "older-secret", isTaken: false),
    ]
    #expect(
      RulesTexts.summary(moved)
        == "`@\u{2060}alice` is now called `@\u{2060}asmith`; `@\u{2060}bob` now belongs to a different user; 1 other name; the rules still apply by id"
    )
  }
}
