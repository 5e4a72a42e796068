import Core
import RuleAnalysis
import Testing

@testable import RuleAnalysis
@testable import RuleEngine

@Suite struct ExplainerTests {
  private func event(
    _ text: String = "hello", user: String = "alice", channel: String = "dev", kind: ChannelKind = .public,
    author: Author = .human, mention: Mention = .none, thread: ThreadContext = .root, at: Int64 = 1_750_000_000_000
  ) -> Event {
    Event(
      post: "post", channel: Channel(id: ChannelID(channel), name: channel, kind: kind),
      user: User(id: UserID(user), name: user), author: author, mention: mention, thread: thread, text: text,
      botName: "edgecrab", milliseconds: at)
  }

  private func explain(
    _ event: Event, access: Access = Access(), action: RuleAction = .agent("echo"), _ when: (inout Condition) -> Void
  ) throws -> Explanation {
    var condition = Condition()
    when(&condition)
    let location = FileLocation(file: "rules.yaml", line: 1, column: 1)
    let commands = Commands(bindings: [CommandBinding(name: "stop", action: .builtin(.stop), location: location)])
    let rule = Rule(name: "rule", location: location, when: condition, action: action)
    return try Explainer(RuleSet(access: access, commands: commands, rules: [rule])).explain(event)
  }

  private func result(_ event: Event, _ when: (inout Condition) -> Void) throws -> ConditionResult {
    let explanation = try explain(event, when)
    guard case .fails(let result, _)? = explanation.tried.first?.verdict else {
      throw RuleSetError(expression: "", message: "the rule matches")
    }
    return result
  }

  @Test func `a failed condition has the expected and the found values`() throws {
    let oneOf = try result(event()) { $0.channels = NameSet(["ops", "desk"]) }
    #expect(oneOf == ConditionResult(.channel, expected: ["desk", "ops"], found: ["dev"]))
    let author = try result(event(author: .bot)) { _ in }
    #expect(author == ConditionResult(.author, expected: ["human"], found: ["bot"]))
    let trigger = try result(event(kind: .direct)) { $0.triggers = [.command, .mention] }
    #expect(trigger == ConditionResult(.trigger, expected: ["mention", "command"], found: ["dm"]))
    let everybody = try result(event(mention: .channelWide)) { $0.triggers = [.mention] }
    #expect(everybody.found == ["mention: channel-wide"])
    let command = try result(event("!halt now")) { $0.commands = ["stop"] }
    #expect(command == ConditionResult(.command, expected: ["stop"], found: ["halt"]))
    let team = try result(event()) { $0.teams = NameSet(["acme"]) }
    #expect(team == ConditionResult(.team, expected: ["acme"], found: []))
  }

  @Test func `a time is shown on the clock of the condition`() throws {
    let window = TimeWindow(
      days: [.mon, .tue, .wed, .sun], hours: [HourRange(start: 480, end: 1_440)],
      zone: TimeZoneTable(name: "Asia/Tokyo", changes: [.init(at: 0, offset: 32_400)]))
    // 15:06 on a Sunday in UTC is past midnight in Tokyo.
    let time = try result(event()) { $0.time = window }
    #expect(time.expected == ["mon-wed, sun 08:00-24:00 Asia/Tokyo"])
    #expect(time.found == ["mon 00:06"])
  }

  @Test func `a failed text condition names the test that failed`() throws {
    let test = TextTest(kind: .word, patterns: ["Lunch"], isCaseSensitive: true)
    let text = try result(event("lunch?")) { $0.text = [test] }
    #expect(text == ConditionResult(.text, expected: ["Lunch"], found: ["lunch?"], test: test))
  }

  @Test func `a result has the parts of not and any`() throws {
    var direct = Condition()
    direct.kinds = [.direct]
    var dev = Condition()
    dev.channels = NameSet(["dev"])
    var notDev = Condition()
    notDev.not = [dev]
    let any = try result(event()) { $0.any = [direct, notDev] }
    #expect(
      any
        == ConditionResult(
          .any,
          parts: [
            ConditionResult(.kind, expected: ["direct"], found: ["public"]),
            ConditionResult(
              .not, parts: [ConditionResult(.channel, isDenied: true, expected: ["dev"], found: ["dev"])]),
          ]))
    var notDirect = Condition()
    notDirect.not = [direct]
    let twice = try result(event()) { $0.not = [notDirect] }
    #expect(
      twice.parts == [
        ConditionResult(
          .not, isDenied: true, parts: [ConditionResult(.kind, expected: ["direct"], found: ["public"])])
      ])
  }

  @Test func `the nearest miss is the fewest changes`() throws {
    let mention = try explain(event()) { $0.triggers = [.mention] }
    #expect(mention.nearest.map(\.changes) == [[.fact(.mention, "direct")]])
    let direct = try explain(event()) {
      $0.triggers = [.dm]
      $0.kinds = [.direct]
    }
    #expect(direct.nearest.map(\.changes) == [[.fact(.kind, "direct")]])
    let both = try explain(event()) {
      $0.triggers = [.mention]
      $0.channels = NameSet(["ops"])
    }
    #expect(both.nearest.map(\.changes) == [[.fact(.mention, "direct"), .name(.channel, "ops")]])
    let three = try explain(event()) {
      $0.triggers = [.mention]
      $0.channels = NameSet(["ops"])
      $0.users = NameSet(["bob"])
    }
    #expect(three.nearest == [])
  }

  @Test func `words, commands, times and users can be the nearest miss`() throws {
    let word = try explain(event()) { $0.text = [TextTest(kind: .word, patterns: ["lunch"])] }
    #expect(word.nearest.first?.changes == [.saying("lunch", .word)])
    #expect(word.nearest.first?.event.body == "hello lunch")
    let expression = try explain(event()) { $0.text = [TextTest(kind: .matches, patterns: [#"^deploy\b"#])] }
    #expect(expression.nearest == [])
    let command = try explain(event()) { $0.triggers = [.command] }
    #expect(command.nearest.first?.changes == [.command("!stop")])
    let access = try explain(event("hi"), access: Access(users: NameSet(["bob"]))) { _ in }
    #expect(access.tried == [])
    #expect(access.nearest.first?.changes == [.name(.user, "bob")])
    let time = try explain(event()) {
      $0.time = TimeWindow(days: [.sun], hours: [HourRange(start: 1_320, end: 360)], zone: .utc)
    }
    #expect(time.nearest.first?.changes == [.moment(1_750_024_800_000, words: "sun 22:00 UTC")])
  }

  /// Berlin's clocks skip an hour at 1,774,746,000, and repeat one from 1,761,440,400 on.
  @Test(arguments: [
    ("02:30 is skipped: from 03:00 on", true, 1_774_742_400, 1_774_746_000),
    ("before 02:30 in summer time", true, 1_761_437_400, 1_761_438_600),
    ("from 02:45 on to the 02:00 that comes again", false, 1_761_439_500, 1_761_440_400),
    ("before 02:30 in winter time", true, 1_761_441_000, 1_761_442_200),
    ("at the end of time", true, 9_223_372_036_854_775, nil),
  ])
  func `the next moment is found even if the clock jumps`(what: String, isInside: Bool, now: Int64, next: Int64?) {
    let berlin = TimeZoneTable(
      name: "Europe/Berlin",
      changes: [
        .init(at: .min, offset: 7_200), .init(at: 1_761_440_400, offset: 3_600),
        .init(at: 1_774_746_000, offset: 7_200),
      ])
    let window = TimeWindow(hours: [HourRange(start: 150, end: 240)], zone: berlin)
    #expect(window.next(after: now * 1_000, isInside: isInside) == next.map { $0 * 1_000 }, "\(what)")
  }

  @Test func `the nearest miss of an ignored message lacks the text that is ignored`() throws {
    let location = FileLocation(file: "rules.yaml", line: 1, column: 1)
    var noise = Condition()
    noise.text = [TextTest(kind: .contains, patterns: ["LUNCH"])]
    let rules = [
      Rule(name: "noise", location: location, when: noise, action: .ignore),
      Rule(name: "talk", location: location, action: .say(Template("hi"))),
    ]
    let explanation = try Explainer(RuleSet(rules: rules)).explain(event("is it lunch yet"))
    #expect(explanation.nearest.map(\.changes) == [[.notSaying("LUNCH")]])
    #expect(explanation.nearest.first?.event.body == "is it  yet")
  }

  @Test func `without rules there is no nearest miss`() throws {
    let explanation = try Explainer(RuleSet()).explain(event())
    #expect(explanation.tried == [] && explanation.nearest == [])
  }
}
