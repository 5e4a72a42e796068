import ConfigLoader
import RuleEngine
import RulesTools
import TestSupport
import Testing

@Suite struct CoverageTests {
  private func coverage(_ rules: String, _ givens: [String]) throws -> Coverage {
    let tests = givens.map { "  - { name: t, given: { \($0) }, expect: { ignore: false } }\n" }.joined()
    let loaded = load("version: 1\nagents: { echo: { type: echo } }\nrules:\n\(rules)\ntests:\n\(tests)")
    let set = try #require(loaded.rules, "\(loaded.report)")
    return try #require(try TestRun(set, of: loaded.source, covering: true).coverage)
  }

  private let two = """
      - { name: dev, when: { channel: dev, trigger: mention }, agent: echo }
      - { name: rest, when: { trigger: dm }, agent: echo }
    """

  @Test func `the conditions of a deciding rule have held`() throws {
    let rules = try coverage(two, ["channel: dev, text: '@edgecrab'"]).rules
    #expect(rules.map(\.isDecided) == [true, false])
    #expect(rules[0].conditions.map(\.key) == [.trigger, .channel])
    #expect(rules[0].conditions.map(\.hasHeld) == [true, true])
    #expect(rules[0].conditions.map(\.hasFailed) == [false, false])
    #expect(rules[0].percent == 60)
    #expect(rules[1].percent == 0)
  }

  @Test func `conditions after a failing one are not covered`() throws {
    let rules = try coverage(two, ["channel: dev, text: hi", "text: '@edgecrab'"]).rules
    #expect(rules[0].conditions.map(\.hasHeld) == [true, false])
    #expect(rules[0].conditions.map(\.hasFailed) == [true, true])
    #expect(rules[1].conditions.map(\.hasFailed) == [true])
  }

  @Test func `coverage is 100 percent if every rule decides and every condition holds and fails`() throws {
    let coverage = try coverage(
      two, ["channel: dev, text: '@edgecrab'", "channel: dev", "text: '@edgecrab'", "kind: direct"])
    #expect(coverage.percent == 100)
    #expect(coverage.decidedRules == 2)
    #expect(coverage.marks == (8, 8))
  }

  @Test func `conditions that no event can fail do not count`() throws {
    let rules = try coverage(
      """
        - name: all
          when: { trigger: message, channel: "*", kind: [public, private, group, direct], author: [human, bot, webhook, plugin] }
          agent: echo
          limit: { per_user: 1/min }
        - { name: named, when: { trigger: mention, mention: channel-wide }, agent: echo }
      """, ["kind: direct"]
    ).rules
    #expect(rules[0].conditions == [])
    #expect(rules[0].percent == 100)
    #expect(rules[1].conditions.map(\.key) == [.trigger])
  }

  @Test func `a shadow rule is covered by the posts that it would decide`() throws {
    let rules = try coverage("  - { name: s, when: { trigger: dm }, mode: shadow, agent: echo }", ["kind: direct"])
      .rules
    #expect(rules[0].isDecided)
  }

  @Test func `the text lists each gap with its line and the missing post`() throws {
    let text = try coverage(
      """
        - name: dev
          when:
            trigger: mention
            channel: dev
          agent: echo
      """, ["channel: dev, text: '@edgecrab'"]
    ).text
    #expect(
      text == """
         60 %  rules.yaml:4: `dev`
               rules.yaml:6: `trigger` fails in no test; add a post for which it does
               rules.yaml:7: `channel` fails in no test; add a post that meets `trigger` for which it does
        coverage: 60 %, 3 of 5; 1 of 1 rule decides a test

        """)
  }

  @Test func `the tests of the built-in rules cover them completely`() throws {
    let loaded = RulesFile.builtIn(environment: [:], now: now)
    let run = try TestRun(try #require(loaded.rules), of: loaded.source, covering: true)
    #expect(run.coverage?.percent == 100)
    #expect(run.failures == [])
  }
}
