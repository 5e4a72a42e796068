import ConfigLoader
import RuleAnalysis
import RuleEngine
import TestSupport
import Testing

@Suite struct RuleSetDifferenceTests {
  private func difference(_ old: String, _ new: String, head: String = "", newHead: String? = nil) throws
    -> RuleSetDifference
  {
    func set(_ head: String, _ rules: String) throws -> RuleSet {
      let head = head.isEmpty ? "agents: { echo: { type: echo }, coder: { type: echo } }" : head
      return try TestSupport.rules("version: 1\n\(head)\nrules:\n\(rules)")
    }
    return RuleSetDifference(from: try set(head, old), to: try set(newHead ?? head, new))
  }

  private func rule(_ name: String, _ rest: String = "agent: echo") -> String { "  - { name: \(name), \(rest) }\n" }

  @Test func `the same rules in other lines are not a difference`() throws {
    let same = try difference(rule("a") + rule("b"), "\n\n" + rule("a") + "\n" + rule("b"))
    #expect(same.isEmpty)
    #expect(same.summary == "no difference")
    #expect(same.sentences.isEmpty)
  }

  @Test func `an explicit default is not a difference`() throws {
    let same = try difference(rule("a"), rule("a", "agent: echo, session: { scope: channel }, busy: queue, mode: live"))
    #expect(same.isEmpty)
  }

  @Test func `new, removed and changed rules have their sentences`() throws {
    let found = try difference(
      rule("a") + rule("b", "when: { user: [alice, bob], trigger: dm }, agent: echo, limit: { per_user: 20/min }")
        + rule("c", "say: hi"),
      rule("x") + rule("a")
        + rule("b", "when: { user: [carol, bob], trigger: dm, kind: direct }, agent: coder, session: user"))
    #expect(found.summary == "+1 rule, -1, 1 changed")
    #expect(
      found.sentences == [
        "rule `c` is removed", "rule `x` is new, first", "rule `b` changes:",
        "    `when.user` adds `carol` and removes `alice`", "    `agent` is `coder`, was `echo`",
        "    `limit.per_user` is no longer set, was `20/min`", "    `when.kind` is `direct`, was not set",
        "    `session.scope` is `user`, was not set",
      ])
  }

  @Test func `as few rules as possible are reported as moved`() throws {
    let found = try difference(
      ["a", "b", "c", "d", "e"].map { rule($0) }.joined(), ["b", "c", "d", "a", "e"].map { rule($0) }.joined())
    #expect(found.sentences == ["rule `a` moves, now after `d`"])
    #expect(found.summary == "1 rule moved")
  }

  @Test func `a rule that differs only in its name is renamed`() throws {
    let found = try difference(
      rule("a", "when: { channel: dev }, agent: echo") + rule("b"),
      rule("z", "when: { channel: dev }, agent: echo") + rule("b"))
    #expect(found.sentences == ["rule `z` was called `a`"])
    #expect(found.summary == "1 rule renamed")
  }

  @Test func `agents, commands and access are compared, and no secret is shown`() throws {
    let head = """
      access: { users: [alice], denied: "no" }
      agents: { echo: { type: echo }, model: { type: openai, base_url: "http://h/v1", model: m, api_key: "${KEY}" } }
      commands: { bind: { stop: { action: stop } } }
      """
    func set(_ text: String, _ key: String) throws -> RuleSet {
      try TestSupport.rules("version: 1\n\(text)\nrules:\n\(rule("a"))", ["KEY": key])
    }
    let old = try set(head, "first-key")
    let new = try set(
      head.replacing("[alice]", with: "[alice, bob]").replacing("model: m,", with: "model: n,")
        .replacing(
          "stop: { action: stop }", with: "stop: { action: stop, users: bob }, rota: { say: bob }, usage: false"
        )
        .replacing("bind:", with: "prefixes: '!', bind:"),
      "second-key")
    let found = RuleSetDifference(from: old, to: new)
    #expect(
      found.sentences == [
        "agent `model` changes:", "    `model` is `n`, was `m`", "    `api_key` has changed; its value is not shown",
        "command `usage` is removed", "command `stop` changes:", "    `users` is `bob`, was not set",
        "command `rota` is new",
        "`access` changes:", "    `users` adds `bob`", "`commands` changes:", "    `prefixes` removes `/`",
      ])
    #expect(
      found.summary
        == "agent `model` changed, command `usage` removed, command `stop` changed, command `rota` added, access changed, slash text changed"
    )
    #expect(!"\(found)".contains("-key"))
  }

  @Test func `nested conditions are compared in their written form`() throws {
    let found = try difference(
      rule(
        "a", "when: { any: [{ user: alice }, { channel: dev }], not: { time: { days: sat-sun, zone: UTC } } }, say: hi"),
      rule("a", "when: { any: [{ user: alice }, { channel: ops }], not: { time: { days: sun, zone: UTC } } }, say: hi"))
    #expect(
      found.sentences == [
        "rule `a` changes:",
        "    `when.not` adds `{ time.days: sun, time.zone: UTC }` and removes "
          + "`{ time.days: [sat, sun], time.zone: UTC }`",
        "    `when.any` adds `{ channel: ops }` and removes `{ channel: dev }`",
      ])
  }

  @Test func `a change of the intake has its sentence`() throws {
    let head = "agents: { echo: { type: echo } }\n"
    let found = try difference(
      rule("a"), rule("a"), head: head + "intake: { max_age: 15m }",
      newHead: head + "intake: { max_age: 1h, bots: 5/min }")
    #expect(found.summary == "intake changed")
    #expect(
      found.sentences == [
        "`intake` changes:", "    `max_age` is `1h`, was `15m`", "    `bots` is `5/min`, was `20/min`",
      ])
  }

  @Test func `lists that look alike without their quotes are different`() throws {
    func any(_ texts: String) -> String { rule("a", "when: { any: [{ text: { contains: \(texts) } }] }, say: hi") }
    let found = try difference(any(#"["a, b", c]"#), any(#"[a, "b, c"]"#))
    #expect(
      found.sentences == [
        "rule `a` changes:",
        #"    `when.any` adds `{ text.contains: [a, "b, c"] }` and removes `{ text.contains: ["a, b", c] }`"#,
      ])
    let head = "agents: { echo: { type: echo } }"
    let sets = try [#"["a, b", c]"#, #"[a, "b, c"]"#].map {
      try TestSupport.rules("version: 1\n\(head)\nrules:\n\(any($0))")
    }
    #expect(sets[0].fingerprint != sets[1].fingerprint)
  }

  @Test func `an implied value is not a difference`() throws {
    let same = try difference(rule("a"), rule("a", "when: { author: human, edited: false }, agent: echo"))
    #expect(same.isEmpty)
  }

  @Test func `the summary says that the journal now records messages`() throws {
    let found = try difference(
      rule("a"), rule("a"),
      newHead: "agents: { echo: { type: echo }, coder: { type: echo } }\njournal: { text: true, keep: 12h }")
    #expect(found.summary == "journal changed: messages are recorded from now on")
    #expect(
      found.sentences == ["`journal` changes:", "    `text` is `true`, was `false`", "    `keep` is `12h`, was `30d`"])
  }

  @Test func `long texts are shown from their first difference`() throws {
    let opening = String(repeating: "word ", count: 20)
    let found = try difference(rule("a", "say: \(opening)old"), rule("a", "say: \(opening)new"))
    #expect(found.sentences.last == "    `say` is `… word word word new`, was `… word word word old`")
  }
}
