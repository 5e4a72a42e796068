import Foundation
import Sandbox
import TestSupport
import Testing

/// `rules replay`, `rules diff` and `rules journal`, on files and on the journal of a real gateway.
@Suite struct RulesReplayTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let head = "version: 1\nagents: { echo: { type: echo }, ops: { type: echo } }\nrules:\n"
  private static let lunch = "  - { name: lunch, when: { text: lunch }, ignore: true }\n"
  private static let talk = "  - { name: talk, when: { trigger: [mention, dm, command] }, agent: echo }\n"
  private static let onCall = "  - { name: on-call, when: { user: alice, trigger: mention }, agent: ops }\n"

  private func file(_ name: String, _ rules: String...) throws -> String {
    try folder.write(Self.head + rules.joined(), to: name)
  }

  private func events() throws -> String {
    try folder.write(
      """
      {"user": "alice", "text": "@edgecrab hi", "at": "2025-06-01T09:30:00Z"}
      {"user": "bob", "text": "@edgecrab hi"}

      {"user": "bob", "text": "lunch?"}
      {"user": "bob", "text": "tea?"}
      """, to: "events.jsonl")
  }

  private func run(_ arguments: String..., home: TemporaryFolder? = nil) async throws -> EdgecrabProcess.Ended {
    try await EdgecrabProcess(
      ["rules"] + arguments, environment: home.map { ["EDGECRAB_HOME": $0.url.path] } ?? [:]
    ).ended()
  }

  @Test func `replay prints the rule of each event`() async throws {
    let ended = try await run(
      "replay", "--rules", try file("rules.yaml", Self.lunch, Self.talk), "--format", "lines", try events())
    #expect(ended.status == 0)
    #expect(ended.output == "talk\ntalk\nlunch\nnone\n")
    #expect(ended.errors == "")
  }

  @Test func `replay counts what each rule decides`() async throws {
    let rules = try file("rules.yaml", Self.lunch, Self.talk)
    let ended = try await run("replay", "--rules", rules, try events())
    #expect(ended.output == "\(rules) decides 4 events:\n  2  rule `talk`\n  1  no rule\n  1  rule `lunch`\n")
  }

  @Test func `diff shows the differences, and lists the events that change`() async throws {
    let old = try file("old.yaml", Self.lunch, Self.talk)
    let new = try file("new.yaml", Self.onCall, Self.lunch, Self.talk)
    let ended = try await run("diff", old, new, "--events", try events(), "--list", "--exit-code")
    #expect(ended.status == 1)
    #expect(
      ended.output == """
        +1 rule
        rule `on-call` is new, first
        2025-06-01T09:30:00Z @alice in ~town-square: @edgecrab hi
            was: rule `talk` asks agent `echo` (session: channel)
            now: rule `on-call` asks agent `ops` (session: channel)
        1 of 4 events changes; 1 newly reaches agent `ops`, 1 no longer reaches agent `echo`

        """)
    let same = try await run("diff", old, old, "--exit-code")
    #expect(same.status == 0)
    #expect(same.output == "no difference\n")
  }

  @Test func `diff writes JSON, one line per event and one for all else`() async throws {
    let ended = try await run(
      "diff", try file("old.yaml", Self.talk), try file("new.yaml", Self.onCall, Self.talk), "--events", try events(),
      "--list", "--format", "json")
    #expect(ended.status == 0)
    let lines = try ended.output.split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(lines.count == 2)
    #expect((lines.first?["now"] as? [String: Any])?["rule"] as? String == "on-call")
    #expect((lines.last?["events"] as? [String: Any])?["changed"] as? Int == 1)
    #expect((lines.last?["difference"] as? [String: Any])?["summary"] as? String == "+1 rule")
  }

  @Test func `unreadable input exits with 2 and its location`() async throws {
    let rules = try file("rules.yaml", Self.talk)
    let bad = try folder.write("{}\n{\"chanel\": \"dev\"}\n", to: "bad.jsonl")
    for (arguments, sentence) in [
      (["replay", "--rules", rules, bad], "\(bad):2: unknown key `chanel`; did you mean `channel`?"),
      (["replay", "--rules", rules, "/nonexistent"], "there is no event file `/nonexistent`"),
      (["replay", "--rules", rules], "there is no journal"),
      (["replay", "--rules", "/nonexistent", bad], "there is no rules file"),
      (["replay", "--rules", bad, bad], "E0"), (["journal"], "there is no journal"),
    ] {
      let ended = try await EdgecrabProcess(["rules"] + arguments).ended()
      #expect(ended.status == 2, "\(arguments)")
      #expect(ended.errors.contains(sentence), "\(ended.errors)")
    }
  }

  @Test(arguments: [["journal"], ["replay", "--rules", "rules.yaml"], ["diff", "old.yaml", "new.yaml"]])
  func `an invalid time is refused with an example`(command: [String]) async throws {
    let ended = try await EdgecrabProcess(["rules"] + command + ["--since", "2025-06-01"]).ended()
    #expect(ended.status == 64)
    #expect(ended.errors.contains("write a duration like 7d or 12h, or a date and time with a zone"), "\(ended.errors)")
  }

  @Test(.timeLimit(.minutes(1)))
  func `events of a killed gateway are listed, replayed and compared`() async throws {
    let home = try TemporaryFolder()
    let old = try home.write(Self.head + Self.lunch + Self.talk, to: "rules.yaml")
    let new = try file("new.yaml", Self.onCall, Self.lunch, Self.talk)
    try await withSandbox(botToken: "TOKEN_BOT") { sandbox in
      let gateway = try EdgecrabProcess(
        ["gateway", "start"],
        environment: [
          "EDGECRAB_HOME": home.url.path, "MATTERMOST_URL": sandbox.url, "MATTERMOST_TOKEN": "TOKEN_BOT",
        ])
      try await gateway.says("Connected.")
      for (user, text) in [("alice", "@edgecrab my secret"), ("bob", "@edgecrab hi"), ("bob", "!status")] {
        _ = try await sandbox.post(as: user, in: "dev", text)
      }
      // The journal can be read while the gateway runs.
      try await wait(for: "three decisions in the journal") {
        try await run("journal", "--format", "json", home: home).output.split(separator: "\n").count == 3
      }
      gateway.kill()
      _ = try await gateway.ended()
    }
    let listed = try await run("journal", "--since", "1h", "--format", "long", home: home)
    #expect(listed.status == 0)
    #expect(listed.output.contains("@alice in ~dev\n    rule `talk` asks agent `echo` (session: channel)"))
    #expect(listed.output.contains("@bob in ~dev: !status\n    rule `talk` runs command `status` (session: channel)"))
    #expect(!listed.output.contains("secret"))

    // The user's name in the new rule resolves to its id, which only the journal has.
    let compared = try await run("diff", old, new, home: home)
    #expect(
      compared.output.hasSuffix(
        "1 of 3 events changes; 1 newly reaches agent `ops`, 1 no longer reaches agent `echo`\n"))
    let replayed = try await run("replay", "--rules", old, "--exit-code", home: home)
    #expect(replayed.status == 0)
    #expect(replayed.output.hasSuffix("0 of 3 events change\n"))

    // The export is a file of events.
    let exported = try await run("journal", "--format", "json", home: home)
    let export = try folder.write(exported.output, to: "export.jsonl")
    #expect(try await run("replay", "--rules", new, "--list", "--exit-code", export).status == 1)
  }

  @Test func `a rules file can be read from a pipe or from standard input`() async throws {
    let rules = try file("rules.yaml", Self.talk)
    let diff = "edgecrab rules diff --exit-code"
    let ended = try await EdgecrabProcess(
      shell: "cat '\(rules)' | \(diff) /dev/stdin '\(rules)' && \(diff) - '\(rules)' < '\(rules)'"
    ).ended()
    #expect(ended.status == 0)
    #expect(ended.output == "no difference\nno difference\n")
  }
}
