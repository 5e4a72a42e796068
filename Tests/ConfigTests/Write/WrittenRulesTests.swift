import Core
import Foundation
import TestSupport
import Testing

@testable import ConfigLoader
@testable import RuleEngine

@Suite struct WrittenRulesTests {
  @Test(arguments: 0..<6) func `written rules are read as the same rules`(batch: Int) throws {
    for number in 0..<50 {
      let seed = UInt64(batch * 1_000 + number)
      var generator = RuleSetGenerator(seed: seed)
      let rules = generator.ruleSet()
      let written = rules.yaml
      let loaded = load(written, ["KEY": "sesame"])
      guard let read = loaded.rules else {
        Issue.record("seed \(seed):\n\(loaded.report)\n\(written)")
        return
      }
      guard read.withoutPlaces == rules.withDefaults.withoutPlaces else {
        let differing = zip(read.withoutPlaces.rules, rules.withDefaults.withoutPlaces.rules).first { $0 != $1 }
        Issue.record("seed \(seed): \(String(describing: differing))\n\(written)")
        return
      }
      #expect(read.yaml == written, "seed \(seed)")
    }
  }

  @Test func `the built-in rules are written and read as the same rules`() throws {
    let environment = ["MATTERMOST_ALLOWED_USERS": "alice, bob"]
    let rules = try #require(RulesFile.builtIn(environment: environment, now: now, zone: "UTC").rules)
    let read = try #require(load(rules.yaml).rules)
    #expect(read.withoutPlaces == rules.withDefaults.withoutPlaces)
    for line in rules.yaml.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
  }

  @Test func `every default is written, as a comment if no value expresses it`() throws {
    let text = """
      version: 1
      agents: { echo: { type: echo } }
      commands: { bind: { help: false, new: false, stop: false, retry: false, status: false, usage: false, hooks: false } }
      rules: [{ name: a, when: { trigger: mention }, agent: echo }]
      """
    #expect(
      try rules(text).yaml == """
        version: 1
        # bot: edgecrab

        access:
          users: '*'
          # denied: no reply
          # admin: none

        agents:
          echo:
            type: echo

        commands:
          prefixes: ['/', '!']
          unknown: hint
          bind:
            help: false
            new: false
            stop: false
            retry: false
            status: false
            usage: false
            hooks: false

        rules:
          - name: a
            when:
              trigger: mention
              # mention: direct
              author: human
              edited: false
            agent: echo
            session:
              scope: channel
              # idle: never
              # turns: never
              # context: none
            reply:
              to: auto
              stream: false
              reactions: true
              mention_sender: false
              max_length: 4000
            busy:
              mode: queue
              max: 100
            # limit: none
            mode: live
            # prompt: the message

        intake:
          max_age: 15m
          poll: 5s
          bots: 20/min
          max_files: 10
          max_file_size: 20MB
          file_types: ['*/*']

        turns:
          max: 64
          per_user: 16

        journal:
          facts: true
          text: false
          keep: 30d
          max_events: 100000

        """)
  }

  @Test func `groups are expanded, and a secret stays a variable`() throws {
    let text = """
      version: 1
      groups: { oncall: { users: [carol, alice] } }
      agents: { coder: { type: openai, base_url: "http://x/v1", model: m, api_key: "${KEY:-}" } }
      rules: [{ name: "${NAME}", when: { user: [group:oncall, bob] }, agent: coder, say: "costs $${5}" }]
      """.replacing(", say: \"costs $${5}\"", with: ", prompt: \"costs $${5}\"")
    let set = try rules(text, ["KEY": "sesame", "NAME": "it's: mine"])
    #expect(set.yaml.contains("user: [alice, bob, carol]"))
    #expect(set.yaml.contains("api_key: ${KEY:-}"))
    #expect(set.yaml.contains("- name: \"it's: mine\""))
    #expect(set.yaml.contains("prompt: 'costs $${5}'"))
    #expect(!set.yaml.contains("sesame") && !set.json.contains("sesame"))
    var unnamed = set
    unnamed.agents[0].kind = .chat(.openai, ChatSettings(baseURL: "http://x/v1", model: "m", apiKey: Secret("sesame")))
    #expect(unnamed.yaml.contains("api_key: <redacted>") && !unnamed.yaml.contains("sesame"))
  }

  @Test func `the JSON form has the same content`() throws {
    let json = try rules(RulesFile.builtInText).json
    let map = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    #expect(
      Set(map.keys) == [
        "version", "bot", "access", "agents", "commands", "rules", "intake", "turns", "journal", "tests",
      ])
    let first = try #require((map["rules"] as? [[String: Any]])?.first)
    #expect(first["name"] as? String == "direct messages")
    #expect((first["session"] as? [String: Any])?["scope"] as? String == "user")
    #expect(((first["session"] as? [String: Any])?["idle"]) is NSNull)
  }
}

extension RuleSet {
  fileprivate var withoutPlaces: RuleSet {
    let nowhere = FileLocation(file: "", line: 0, column: 0)
    var set = self
    for index in set.agents.indices { set.agents[index].location = nowhere }
    for index in set.commands.bindings.indices { set.commands.bindings[index].location = nowhere }
    for index in set.rules.indices { set.rules[index].location = nowhere }
    for index in set.tests.indices { set.tests[index].location = nowhere }
    return set
  }
}
