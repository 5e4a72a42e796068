import Foundation
import TestSupport
import Testing

@Suite struct RulesWhoTests {
  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = try folder.write(
      """
      version: 1
      groups: { oncall: { users: [alice, carol] } }
      access: { users: [alice, bob, carol] }
      agents: { ops: { type: echo }, echo: { type: echo }, spare: { type: echo } }
      commands:
        bind:
          page: { prompt: "Page: {{args}}", agent: ops, users: group:oncall }
      rules:
        - { name: nights, when: { channel: ops, time: { hours: "22:00-06:00", zone: UTC } }, ignore: true }
        - name: on-call desk
          when: { channel: [ops, dev], trigger: mention, text: { word: help } }
          agent: ops
        - { name: in private, when: { trigger: [dm, command], kind: direct }, agent: echo }

      """, to: "rules.yaml")
  }

  private func who(_ arguments: String...) async throws -> EdgecrabProcess.Ended {
    try await EdgecrabProcess(["rules", "who", "--agent"] + arguments).ended()
  }

  @Test func `every way to an agent is listed with an example`() async throws {
    let ended = try await who("ops", path)
    #expect(ended.status == 0)
    #expect(
      ended.output == """
        1 rule and 1 command can reach `ops`
          who      alice, bob, carol
          where    in dev, ops; in direct messages

        \(path):10: the rule `on-call desk`
          who      alice, bob, carol
          where    in dev, ops
          by       mention
          if       text.word: help
          without  the messages that `nights` matches first
          example  {"user":"alice","channel":"ops","text":"@edgecrab help","at":"2030-01-09T12:00:00Z"}

        \(path):10: the command `page` under the rule `on-call desk`
          who      alice, carol
          where    in dev, ops
          by       !page
          if       text.word: help
          without  the messages that `nights` matches first
          example  {"user":"alice","channel":"ops","text":"@edgecrab !page help","at":"2030-01-09T12:00:00Z"}

        \(path):13: the command `page` under the rule `in private`
          who      alice, carol
          where    in direct messages
          by       !page
          without  the messages that `nights`, `on-call desk` matches first
          example  {"user":"alice","kind":"direct","text":"!page","at":"2030-01-09T12:00:00Z"}

        """)
  }

  @Test func `the example of a way is a test that reaches the agent`() async throws {
    let ended = try await who("ops", "--format", "json", path)
    let document = try #require(try JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [String: Any])
    let ways = try #require(document["ways"] as? [[String: Any]])
    #expect(ways.count == 3)
    let rules = try String(contentsOfFile: path, encoding: .utf8)
    let tests = try ways.enumerated().map { number, way in
      let given = try JSONSerialization.data(withJSONObject: try #require(way["example"]))
      return "  - { name: t\(number), given: \(String(decoding: given, as: UTF8.self)), expect: { agent: ops } }\n"
    }
    let file = try folder.write(rules + "tests:\n" + tests.joined(), to: "tested.yaml")
    let checked = try await EdgecrabProcess(["rules", "check", file]).ended()
    #expect(!checked.output.contains("W0301"), "\(checked.output)")
    #expect(checked.output.contains("3 tests: good"))
    #expect(checked.status == 0)
  }

  @Test func `an agent that no rule leads to is reported as unreachable`() async throws {
    let ended = try await who("spare", path)
    #expect(ended.status == 0)
    #expect(ended.output == "no one can reach `spare`: no rule asks it, and no command that a rule allows\n")
  }

  @Test func `an unknown agent exits with 2 and the nearest name`() async throws {
    let ended = try await who("opps", path)
    #expect(ended.status == 2)
    #expect(ended.errors == "edgecrab: there is no agent `opps`; did you mean `ops`?\n")
  }

  @Test func `a file with errors exits with 2 and its diagnostics`() async throws {
    let bad = try folder.write("version: 1\nrules: [{}]\n", to: "bad.yaml")
    let ended = try await who("ops", bad)
    #expect(ended.status == 2)
    #expect(ended.errors.contains("E0203"))
  }
}
