import Foundation
import TestSupport
import Testing

/// The case of names of users, channels and teams does not matter.
@Suite struct NameCaseTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Rules with names in capitals in all keys that take names.
  private static let rules = """
    version: 1
    groups:
      Oncall: { users: [Carol, DAVE], channels: Ops, teams: Red }
    access: { users: "${MATTERMOST_ALLOWED_USERS:-*}", admin: Alice }
    agents: { echo: { type: echo } }
    commands:
      bind:
        page: { prompt: "{{args}}", agent: echo, users: Erin }
    rules:
      - { name: a user, when: { trigger: message, user: Alice }, deny: no }
      - { name: users of a list, when: { trigger: message, user: [bob, Zoe] }, deny: no }
      - { name: users of a group, when: { trigger: message, user: group:Oncall }, deny: no }
      - { name: a channel, when: { trigger: message, channel: Dev }, deny: no }
      - { name: a channel of a group, when: { trigger: message, channel: group:Oncall }, deny: no }
      - { name: a team, when: { trigger: message, team: Blue }, deny: no }
      - { name: a team of a group, when: { trigger: message, team: group:Oncall }, deny: no }
      - { name: under not, when: { trigger: message, channel: qa, not: { user: Frank } }, deny: no }
      - { name: under any, when: { trigger: message, any: [{ user: Grace }, { channel: Lab }] }, deny: no }
      - { name: all others, when: { trigger: [message, command] }, agent: echo }

    """

  /// Facts of a post, and the rule that matches it.
  private static let posts: [(given: [String: String], rule: String)] = [
    (["user": "alice"], "a user"), (["user": "Alice"], "a user"), (["user": "@ALICE"], "a user"),
    (["user": "zoe"], "users of a list"), (["user": "Bob"], "users of a list"),
    (["user": "carol"], "users of a group"), (["user": "Dave"], "users of a group"),
    (["channel": "dev"], "a channel"), (["channel": "~DEV"], "a channel"),
    (["channel": "ops"], "a channel of a group"), (["team": "blue"], "a team"), (["team": "BLUE"], "a team"),
    (["team": "red"], "a team of a group"), (["channel": "qa"], "under not"), (["channel": "QA"], "under not"),
    (["channel": "qa", "user": "frank"], "all others"), (["user": "grace"], "under any"),
    (["channel": "lab"], "under any"), (["user": "heidi"], "all others"),
  ]

  @Test func `tests of a rules file ignore the case of names`() async throws {
    let tests = Self.posts.enumerated().map { index, post in
      let given = post.given.sorted { $0.key < $1.key }.map { "\($0): \"\($1)\"" }.joined(separator: ", ")
      return "  - { name: \"\(index)\", given: { \(given) }, expect: { rule: \(post.rule) } }\n"
    }
    let path = try folder.write(Self.rules + "tests:\n" + tests.joined(), to: "rules.yaml")
    let ended = try await EdgecrabProcess(["rules", "test", path]).ended()
    #expect(ended.output == "\(path): \(Self.posts.count) tests pass\n", "\(ended)")
  }

  @Test(arguments: posts) func `explain ignores the case of names`(_ post: (given: [String: String], rule: String))
    async throws
  {
    let path = try folder.write(Self.rules, to: "rules.yaml")
    let options = post.given.flatMap { ["--\($0)", $1] }
    let ended = try await EdgecrabProcess(["rules", "explain", "--rules", path, "--format", "json"] + options).ended()
    #expect(ended.output.contains("\n    \"rule\": \"\(post.rule)\",\n"), "\(ended)")
  }

  @Test func `replay ignores the case of names`() async throws {
    let path = try folder.write(Self.rules, to: "rules.yaml")
    let events = try folder.write(
      """
      {"user": "Alice", "channel": "x", "text": "hi"}
      {"user": "Heidi", "channel": "DEV", "text": "hi"}
      {"user": "alice", "user_id": "rgczy8z9wtrzdkngjfpdrqxc6w", "channel": "x", "channel_id": "c", "text": "hi"}

      """, to: "events.jsonl")
    let ended = try await EdgecrabProcess(["rules", "replay", "--rules", path, "--format", "lines", events]).ended()
    #expect(ended.output == "a user\na channel\na user\n", "\(ended)")
  }

  @Test(arguments: ["Heidi", "@Heidi", "HEIDI, Ivan", "ivan Heidi"])
  func `the list of allowed users ignores the case of names`(_ allowed: String) async throws {
    let path = try folder.write(Self.rules, to: "rules.yaml")
    func outcome(_ user: String) async throws -> String {
      try await EdgecrabProcess(
        ["rules", "explain", "--rules", path, "--user", user, "--kind", "direct"],
        environment: ["MATTERMOST_ALLOWED_USERS": allowed]
      ).ended().output
    }
    #expect(try await outcome("heidi").contains("✓ all others"))
    #expect(try await outcome("Heidi").contains("✓ all others"))
    #expect(try await !outcome("judy").contains("✓ all others"))
  }

  @Test func `a command's users are matched ignoring the case of names`() async throws {
    let path = try folder.write(Self.rules, to: "rules.yaml")
    func explained(_ user: String) async throws -> String {
      try await EdgecrabProcess(["rules", "explain", "--rules", path, "--user", user, "--text", "!page now"])
        .ended().output
    }
    #expect(try await explained("erin").contains("The command `page` runs, by"))
    #expect(try await !explained("heidi").contains("The command `page` runs, by"))
  }

  @Test func `rules who shows names as the server writes them`() async throws {
    let path = try folder.write(
      """
      version: 1
      access: { users: [Alice, bob] }
      agents: { echo: { type: echo } }
      rules: [{ name: talk, when: { trigger: mention, channel: Dev, user: ALICE }, agent: echo }]

      """, to: "rules.yaml")
    let ended = try await EdgecrabProcess(["rules", "who", "--agent", "echo", path]).ended()
    #expect(ended.output.contains("  who      alice\n"), "\(ended)")
    #expect(ended.output.contains("  where    in dev\n"), "\(ended)")
  }

  @Test func `the approvers of an agent are matched ignoring the case of names`() async throws {
    let path = try folder.write(
      """
      version: 1
      agents: { coder: { type: acp, command: [coder], approvers: [Alice, "@Bob"] } }
      rules: [{ name: talk, when: { trigger: mention }, agent: coder }]

      """, to: "rules.yaml")
    let ended = try await EdgecrabProcess(["rules", "show", path]).ended()
    #expect(ended.output.contains("    approvers: [alice, bob]\n"), "\(ended)")
  }
}
