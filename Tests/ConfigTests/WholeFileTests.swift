import ConfigLoader
import Core
import RuleEngine
import TestSupport
import Testing

/// Loads a file with every key of the language, and compares the values.
@Suite struct WholeFileTests {
  static let text = #"""
    version: 1

    groups:
      oncall: { users: [alice, carol.o-brien] }
      eng:    { channels: [dev, ops] }

    access:
      users: "${PEOPLE:-*}"
      admin: "@Alice"
      denied: "Sorry, I can't help you here. Ask {{admin}}."

    agents:
      echo:  { type: echo }
      coder:
        type: openai
        base_url: http://localhost:11434/v1/
        model: qwen3-coder
        api_key: ${OPENAI_API_KEY:-}
        system: You are a careful code reviewer.

    commands:
      prefixes: ["/", "!"]
      unknown: agent
      bind:
        help:   { action: help }
        new:    { action: new, aliases: [reset] }
        hooks:  { action: hooks, users: group:oncall }
        review: { prompt: "Review this change: {{ args }}", agent: coder }
        rota:   { say: "On call this week: @alice" }

    rules:
      - name: build noise
        when: { author: webhook, channel: group:eng, text: { matches: '^build #\d+ passed' } }
        ignore: true

      - name: on-call desk
        when:
          channel: ops
          trigger: [mention, command, thread]
          user: group:oncall
          not: { time: { days: sat-sun } }
        agent: coder
        session: { scope: thread, idle: 2h, turns: 50 }
        reply: { to: thread, stream: true, mention_sender: true, max_length: 16383 }
        busy: { mode: steer, max: 3 }
        limit: { per_user: 20/min, per_channel: 60/hour }
        prompt: "{{user}} in {{channel}}: {{message}}"

      - name: shadow
        when: { trigger: message }
        mode: shadow
        deny: Not here.

      - name: direct messages
        when: { trigger: [dm, command], kind: direct }
        agent: echo
        session: user

      - name: channel talk
        when: { trigger: [mention, command] }
        agent: echo
        busy: reject

    tests:
      - name: a DM is private
        given: { user: alice, kind: direct, text: hello, at: "2025-06-01T11:30:00.5+02:00" }
        expect: { rule: direct messages, session: user }
      - name: chatter is left alone
        given: { user: bob, channel: dev, text: "lunch?", thread: joined, files: true, edited: true, author: own }
        expect: { rule: none, ignore: true }
    """#

  let set: RuleSet

  init() throws {
    let loaded = load(Self.text, ["OPENAI_API_KEY": "sk-1"])
    try #require(loaded.report == "")
    set = try #require(loaded.rules)
  }

  @Test func `access has its users and its admin`() {
    #expect(
      set.access
        == Access(
          users: .everyone,
          denied: Template(parts: [
            .text("Sorry, I can't help you here. Ask "), .placeholder(.admin), .text("."),
          ]), admin: "alice"))
  }

  @Test func `agents have the settings of their type`() {
    #expect(set.agents.map(\.name) == ["echo", "coder"])
    #expect(set.agents[0].kind == .echo)
    #expect(
      set.agents[1].kind
        == .chat(
          .openai,
          ChatSettings(
            baseURL: "http://localhost:11434/v1", model: "qwen3-coder", apiKey: Secret("sk-1"),
            apiKeyReference: "${OPENAI_API_KEY:-}", system: "You are a careful code reviewer.")))
    #expect(set.agents[1].location == FileLocation(file: "rules.yaml", line: 14, column: 3))
  }

  @Test func `commands are bound by name`() {
    #expect(set.commands.prefixes == ["/", "!"])
    #expect(set.commands.unknown == .agent)
    #expect(
      set.commands.bindings.map(\.name) == [
        "help", "new", "hooks", "review", "rota", "stop", "retry", "status", "usage",
      ])
    #expect(set.commands.bindings[1].aliases == ["reset"])
    #expect(set.commands.bindings[2].users == NameSet(["alice", "carol.o-brien"]))
    #expect(
      set.commands.bindings[3].action
        == .prompt(Template(parts: [.text("Review this change: "), .placeholder(.args)]), agent: "coder"))
    #expect(set.commands.bindings[4].action == .say(Template("On call this week: @alice")))
    #expect(set.commands.bindings[4].location.line == 29)
  }

  @Test func `rules keep their order and all their keys`() {
    #expect(
      set.rules.map(\.name) == ["build noise", "on-call desk", "shadow", "direct messages", "channel talk"])
    #expect(set.rules[0].action == .ignore)
    #expect(set.rules[0].when.authors == [.webhook])
    #expect(set.rules[0].when.channels == NameSet(["dev", "ops"]))
    #expect(set.rules[0].when.text == [TextTest(kind: .matches, patterns: [#"^build #\d+ passed"#])])
    let desk = set.rules[1]
    #expect(desk.location == FileLocation(file: "rules.yaml", line: 36, column: 5))
    #expect(desk.session == SessionPolicy(scope: .thread, idleSeconds: 7_200, turns: 50))
    #expect(desk.reply == ReplyPolicy(to: .thread, stream: true, mentionSender: true, maxLength: 16_383))
    #expect(desk.busy == BusyPolicy(mode: .steer, max: 3))
    #expect(
      desk.limit
        == LimitPolicy(perUser: Rate(count: 20, seconds: 60), perChannel: Rate(count: 60, seconds: 3_600)))
    #expect(
      desk.prompt
        == Template(parts: [
          .placeholder(.user), .text(" in "), .placeholder(.channel), .text(": "), .placeholder(.message),
        ]))
    #expect(desk.when.not.map(\.time?.days) == [[.sat, .sun]])
    #expect(set.rules[2].mode == .shadow)
    #expect(set.rules[4].busy == BusyPolicy(mode: .reject))
    #expect(set.rules[4].session == SessionPolicy())
  }

  @Test func `tests have events and expectations`() {
    let dm = set.tests[0].given
    #expect(dm.user == User(id: "alice", name: "alice"))
    #expect(dm.channel.kind == .direct)
    #expect(dm.milliseconds == 1_748_770_200_500)
    #expect(set.tests[0].expect.rule == .named("direct messages"))
    #expect(set.tests[0].expect.session == .user)
    let chatter = set.tests[1]
    #expect(chatter.given.thread == .reply(root: "root", joined: true))
    #expect(chatter.given.hasFiles && chatter.given.isEdit)
    #expect(chatter.given.author == .own)
    #expect(chatter.given.milliseconds == now)
    #expect(chatter.expect.rule == Expectation.ExpectedRule.none)
    #expect(chatter.expect.ignore == true)
  }

  @Test func `a file without sections has only defaults`() throws {
    let set = try rules("version: 1\nrules: []\n")
    #expect(set == RuleSet(commands: set.commands))
    #expect(set.commands.prefixes == ["/", "!"])
    #expect(set.commands.unknown == .hint)
  }
}
