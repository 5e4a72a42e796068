import ConfigLoader
import TestSupport
import Testing

@Suite struct ExpectationTests {
  /// Returns the warnings of a test, without its name.
  private func failures(_ given: String, _ expect: String) -> [String] {
    let loaded = load(
      """
      version: 1
      access: { users: [alice, mallory], denied: "Ask {{admin}}, please.", admin: root }
      agents: { echo: { type: echo }, coder: { type: echo } }
      commands:
        bind:
          stop: { action: stop, aliases: halt }
          review: { prompt: "Review {{args}}.", agent: coder }
          ask: { prompt: "{{args}}" }
          rota: { say: "On call: @alice" }
      rules:
        - { name: watch, when: { channel: dev }, mode: shadow, ignore: true }
        - { name: guard, when: { user: mallory, trigger: [dm, command] }, deny: "Not you, {{ user }}." }
        - { name: greet, when: { text: { equals: hello }, kind: direct }, say: "Hello, {{user}}!" }
        - { name: lunch, when: { text: lunch }, ignore: true }
        - { name: talk, when: { trigger: [mention, dm, command] }, agent: echo, session: member }
      tests:
        - { name: t, given: { \(given) }, expect: { \(expect) } }
      """)
    #expect(loaded.rules != nil, "\(loaded.report)")
    return loaded.diagnostics.map {
      $0.message.replacing("the test `t` fails: ", with: "") + ($0.help.map { " (\($0))" } ?? "")
    }
  }

  @Test(arguments: [
    ("kind: direct, text: hi", "rule: talk, agent: echo, session: member, ignore: false"),
    ("text: hi", "rule: none, ignore: true"), ("text: lunch", "rule: lunch, ignore: true"),
    ("kind: direct, text: hello", "rule: greet, say: 'Hello, {{ user }}!'"),
    ("user: mallory, kind: direct", "rule: guard, deny: 'Not you, {{user}}.'"),
    ("user: eve, kind: direct", "rule: none, deny: 'Ask {{admin}}, please.'"),
    ("text: '!halt'", "rule: talk, command: halt, session: member"),
    ("text: '!review it'", "command: review, agent: coder"), ("text: '!ask it'", "command: ask, agent: echo"),
    ("text: '!rota'", "command: rota, say: 'On call: @alice'"),
    ("author: own, text: '@edgecrab'", "rule: none, ignore: true"),
  ])
  func `a passing test has no warning`(given: String, expect: String) {
    #expect(failures(given, expect) == [])
  }

  @Test(arguments: [
    ("kind: direct", "rule: none", "expected no rule, but rule `talk` decides"),
    (
      "text: hi", "rule: talk, agent: echo, session: member",
      "expected rule `talk`, but no rule decides; expected agent `echo`, but no agent answers; expected session "
        + "`member`, but there is none (the rule `talk` fails on trigger: expected mention, dm or command, "
        + "found a plain message)"
    ),
    ("kind: direct", "session: user", "expected session `user`, but it is `member`"),
    ("kind: direct", "agent: coder", "expected agent `coder`, but agent `echo` answers"),
    ("text: '!stop'", "command: rota", "expected command `rota`, but command `stop` runs"),
    ("kind: direct", "command: stop", "expected command `stop`, but no command runs"),
    (
      "kind: direct, text: '!stp'", "command: stop",
      "expected command `stop`, but no command runs (the command `stp` is not bound)"
    ),
    (
      "kind: direct, text: hello", "say: 'Hello, {{channel}}!'",
      "expected to say `Hello, {{channel}}!`, but it says `Hello, {{user}}!`"
    ),
    ("kind: direct", "say: Hello", "expected to say `Hello`, but it says nothing"),
    ("kind: direct", "deny: No", "expected to deny with `No`, but it denies nothing"),
    ("kind: direct", "ignore: true", "expected silence, but something happens"),
    ("text: lunch", "ignore: false", "expected something to happen, but nothing does"),
    (
      "channel: dev, text: '@edgecrab'", "rule: watch",
      "expected rule `watch`, but rule `talk` decides (the rule `watch` has `mode: shadow`, and never decides)"
    ),
    (
      "user: eve, kind: direct", "rule: talk",
      "expected rule `talk`, but no rule decides (`access` does not allow the user of the test)"
    ),
  ])
  func `a failing test is a warning with the actual outcome`(given: String, expect: String, said: String) {
    #expect(failures(given, expect) == [said])
  }

  @Test func `the tests of a file with errors do not run`() {
    let loaded = load(
      "version: 1\nrules: [{ nme: a }]\ntests: [{ name: t, given: { kind: direct }, expect: { ignore: false } }]")
    #expect(!loaded.diagnostics.contains { $0.code == .expectationFails })
  }
}
