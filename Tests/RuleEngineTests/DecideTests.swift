import Core
import RuleEngine
import Testing

/// The meaning of each key of the rules language.
@Suite struct DecideTests {
  private static let location = FileLocation(file: "rules.yaml", line: 1, column: 1)

  private func rule(
    _ name: String = "rule", action: RuleAction = .agent("echo"), mode: RuleMode = .live,
    when: (inout Condition) -> Void = { _ in }
  ) -> Rule {
    var condition = Condition()
    when(&condition)
    return Rule(name: name, location: Self.location, when: condition, action: action, mode: mode)
  }

  private func event(
    _ text: String = "hello", kind: ChannelKind = .public, user: String = "alice", author: Author = .human,
    mention: Mention = .none, thread: ThreadContext = .root, isEdit: Bool = false
  ) -> Event {
    Event(
      post: "p", channel: Channel(id: "dev", name: "dev", kind: kind), user: User(id: UserID(user), name: user),
      author: author, mention: mention, thread: thread, text: text, botName: "edgecrab", isEdit: isEdit, milliseconds: 0
    )
  }

  private var commands: Commands {
    Commands(bindings: [
      CommandBinding(name: "new", aliases: ["reset"], action: .builtin(.new), location: Self.location),
      CommandBinding(
        name: "hooks", action: .builtin(.hooks), users: NameSet(["carol"]), location: Self.location),
    ])
  }

  private func decide(_ event: Event, _ rules: [Rule], access: Access = Access()) throws -> Decision {
    try RuleTracer(RuleSet(access: access, commands: commands, rules: rules)).decide(event)
  }

  @Test(arguments: [(Author.own, IgnoreReason.own), (.system, .system)])
  func `the bot's own posts and the server's never reach a rule`(author: Author, silence: IgnoreReason) throws {
    #expect(try decide(event(author: author), [rule()]) == Decision(outcome: .silent(silence)))
  }

  @Test func `the first rule that matches decides, and the trace has what failed in those before it`() throws {
    let rules = [rule { $0.kinds = [.direct] }, rule(action: .say(Template("hi"))), rule()]
    let decision = try decide(event(), rules)
    #expect(decision == Decision(outcome: .say(Template("hi")), rule: 1, trace: [TraceStep(rule: 0, failed: .kind)]))
  }

  @Test func `no rule, no answer`() throws {
    #expect(try decide(event(), []) == Decision(outcome: .silent(.noRule)))
  }

  @Test func `a user without access is told so in a direct message only`() throws {
    let access = Access(users: NameSet(["bob"]), denied: Template("no"))
    #expect(try decide(event(kind: .direct), [rule()], access: access).outcome == .deny(Template("no")))
    #expect(try decide(event(kind: .public), [rule()], access: access).outcome == .silent(.noAccess))
    #expect(try decide(event(kind: .direct, author: .bot), [rule()], access: access).outcome == .silent(.noAccess))
    #expect(try decide(event(user: "bob"), [rule()], access: access).outcome == .ask(agent: "echo"))
  }

  @Test(arguments: [Author.bot, .webhook, .plugin])
  func `posts of programs reach only rules that ask for them`(author: Author) throws {
    #expect(try decide(event(author: author), [rule()]).rule == nil)
    #expect(try decide(event(author: author), [rule { $0.authors = [author] }]).rule == 0)
    let branches = rule {
      $0.any = [Condition(), Condition()]
      $0.any[0].authors = [author]
      $0.any[1].users = NameSet(["alice"])
    }
    #expect(try decide(event(author: author), [branches]).rule == 0)
    let other: Author = author == .bot ? .webhook : .bot
    #expect(try decide(event(author: other), [branches]).rule == nil)
  }

  @Test func `edits reach only rules that ask for them`() throws {
    #expect(try decide(event(isEdit: true), [rule()]).trace == [TraceStep(rule: 0, failed: .edited)])
    #expect(try decide(event(isEdit: true), [rule { $0[flag: .edited] = true }]).rule == 0)
  }

  @Test func `a mention of everyone counts only if the rule says so`() throws {
    let call = event(mention: .channelWide)
    #expect(try decide(call, [rule { $0.triggers = [.mention] }]).rule == nil)
    let wide = rule {
      $0.triggers = [.mention, .dm]
      $0.mention = .channelWide
    }
    #expect(try decide(call, [wide]).rule == 0)
    #expect(try decide(event(mention: .direct), [wide]).rule == 0)
    #expect(try decide(event(kind: .direct), [wide]).rule == 0)
  }

  @Test func `a thread triggers if the bot has posted in it`() throws {
    let rules = [rule { $0.triggers = [.thread] }]
    #expect(try decide(event(thread: .reply(root: "r", joined: true)), rules).rule == 0)
    #expect(try decide(event(thread: .reply(root: "r", joined: false)), rules).rule == nil)
    #expect(try decide(event(), rules).rule == nil)
  }

  @Test func `none of the conditions under not may hold`() throws {
    let rules = [
      rule {
        $0.not = [Condition(), Condition()]
        $0.not[0].users = NameSet(["bob"])
        $0.not[1].kinds = [.direct]
      }
    ]
    #expect(try decide(event(), rules).rule == 0)
    #expect(try decide(event(user: "bob"), rules).trace == [TraceStep(rule: 0, failed: .not)])
    #expect(try decide(event(kind: .direct), rules).rule == nil)
  }

  @Test(
    arguments: [
      ("/new", 0, ""), ("!new now", 0, "now"), ("@edgecrab /new", 0, ""), ("@EdgeCrab: !RESET  a b ", 0, "a b"),
      (" /reset", 0, ""),
    ] as [(String, Int, String)])
  func `slash text runs the command under the rule it matched`(text: String, command: Int, arguments: String) throws {
    let decision = try decide(event(text), [rule { $0.triggers = [.command] }])
    #expect(decision.outcome == .run(command: command, arguments: Substring(arguments)))
    #expect(decision.rule == 0)
  }

  @Test(arguments: ["new", "@edgecrab new", "/etc/hosts", "!", "! new", "5 / 2", "!?", "/new/x"])
  func `other text is not a command`(text: String) throws {
    #expect(try decide(event(text), [rule { $0.triggers = [.command] }]).rule == nil)
  }

  @Test func `a command that the user may not run is refused`() throws {
    #expect(try decide(event("/hooks"), [rule()]).outcome == .refuse(command: 1))
    #expect(try decide(event("/hooks", user: "carol"), [rule()]).outcome == .run(command: 1, arguments: ""))
  }

  @Test func `an unknown command gets a hint if the bot was addressed`() throws {
    let hint = Outcome.hint(unknown: "nwe")
    #expect(try decide(event("/nwe", kind: .direct), [rule()]).outcome == hint)
    #expect(try decide(event("@edgecrab /nwe", mention: .direct), [rule()]).outcome == hint)
    #expect(try decide(event("!important lunch"), [rule()]).outcome == .silent(.unknownCommand))
  }

  @Test(arguments: [("nwe", "new"), ("rest", "reset"), ("zzzzzz", nil)])
  func `a mistyped command suggests the nearest name or alias`(typed: String, meant: String?) {
    #expect(commands.nearest(to: Substring(typed)) == meant)
  }

  @Test func `a shadow rule is recorded and does not decide`() throws {
    let decision = try decide(event(), [rule(action: .ignore, mode: .shadow), rule()])
    #expect(decision.outcome == .ask(agent: "echo"))
    #expect(decision.rule == 1)
    #expect(decision.shadows == [0])
  }

  @Test func `names are matched by the ids that the directory gives them`() throws {
    let rules = RuleSet(
      access: Access(users: NameSet(["alice"])),
      rules: [rule { $0.channels = NameSet(["dev"]) }])
    let directory = NameDirectory(users: ["alice": "id-a"], channels: ["dev": ["id-1", "id-2"]])
    let compiled = try CompiledRules(rules, directory: directory)
    var event = event()
    #expect(compiled.decide(event).outcome == .silent(.noAccess), "whoever is called alice now is not who was meant")
    event.user.id = "id-a"
    #expect(compiled.decide(event).outcome == .silent(.noRule))
    event.channel.id = "id-2"
    #expect(compiled.decide(event).rule == 0)
  }

  @Test func `names are collected from all nested conditions`() {
    let rules = RuleSet(
      access: Access(users: NameSet(["alice"])), commands: commands,
      rules: [
        rule {
          $0.channels = NameSet(["dev"])
          $0.not = [Condition()]
          $0.not[0].teams = NameSet(["acme"])
          $0.any = [Condition()]
          $0.any[0].users = NameSet(["bob"])
        }
      ])
    let names = ReferencedNames(in: rules)
    #expect(names.users == ["alice", "bob", "carol"])
    #expect(names.channels == ["dev"])
    #expect(names.teams == ["acme"])
  }
}
