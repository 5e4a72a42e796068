import Core
import RuleEngine
import Workload

@testable import ConfigLoader

/// Generates random rule sets with every key of the language, and texts that need quotes.
struct RuleSetGenerator {
  private var random: SeededGenerator
  private var zones = TimeZoneDatabase(environment: [:])
  private let location = FileLocation(file: "generated.yaml", line: 1, column: 1)

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  private mutating func chance(_ percent: Int) -> Bool { number(0...99) < percent }
  private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
  private mutating func one<T>(_ choices: [T]) -> T { choices[number(0...choices.count - 1)] }

  private mutating func some<T>(_ choices: [T]) -> [T] {
    let picked = choices.filter { _ in chance(40) }
    return picked.isEmpty ? [one(choices)] : picked
  }

  private mutating func maybe<T>(_ percent: Int, _ make: (inout Self) -> T) -> T? {
    chance(percent) ? make(&self) : nil
  }

  private mutating func text() -> String {
    let parts = [
      "deploy", "true", "${HOME}", "$${", " # no", ": ", "- ", "it's", "\"so\"", "\n", "\t", "{ }", "[a, b]", "*", "&a",
      "世界",
      "\u{202E}", "0x1F", "null", "~", "{{", "user", "}",
    ]
    let text = (0..<number(1...4)).map { _ in one(parts) }.joined()
    return text.contains(where: { !$0.isWhitespace }) ? text : "a" + text
  }

  private mutating func template() -> Template {
    var parts: [Template.Part] = []
    for _ in 0..<number(1...3) {
      let text = text().filter { $0 != "{" && $0 != "}" }
      if chance(50) { parts.append(.placeholder(one(Template.Placeholder.allCases))) }
      if !text.isEmpty { parts.append(.text(text)) }
      parts.append(.placeholder(one(Template.Placeholder.allCases)))
    }
    return Template(parts: parts)
  }

  private mutating func names() -> NameSet {
    let names = ["alice", "bob", "carol.o-brien", "true", "007", "null", "-", "a:b", "y"]
    return chance(15) ? NameSet(chance(50) ? [] : some(names), isEveryone: true) : NameSet(some(names))
  }

  private mutating func bodyValue(depth: Int) -> BodyValue {
    let text = text().filter { $0 != "$" } + "."
    let values: [BodyValue] = [
      .null, .bool(chance(50)), .number("-0.5e3"), .text(Secret(text), written: text),
      .text(Secret("sesame"), written: "${KEY}"),
    ]
    guard depth > 0, chance(50) else { return one(values) }
    let inner = (0..<number(0...3)).map { _ in bodyValue(depth: depth - 1) }
    return chance(50)
      ? .list(inner)
      : .map(inner.enumerated().map { BodyValue.Member(key: one(["a", "true", "x y"]) + "\($0)", value: $1) })
  }

  /// A limit with a default has that value or another one, since a file cannot remove it.
  private mutating func limits(_ defaults: AgentLimits) -> AgentLimits {
    AgentLimits(
      firstByteSeconds: chance(50) ? number(1...999) : defaults.firstByteSeconds,
      idleSeconds: chance(50) ? number(1...999) : defaults.idleSeconds, timeoutSeconds: one([45, 900, 86_400]),
      concurrency: chance(50) ? number(1...1_000) : nil, historyTokens: number(0...1_000_000))
  }

  mutating func ruleSet() -> RuleSet {
    let agents = ["echo", "coder", "true", "2"].enumerated().map { index, name in
      AgentDefinition(
        name: name,
        kind: index == 3
          ? .exec(
            ExecSettings(
              program: chance(50) ? .shell(text()) : .command(["tool", text(), "-v"]),
              environment: chance(50)
                ? [NamedValue(name: "TOOL_KEY", value: Secret("sesame"), written: "${KEY}")] : [],
              folder: chance(50)
                ? ProjectFolder(parts: [.text("/"), .placeholder(.channel), .text("/x")], isWorktree: chance(50)) : nil)
          )
          : index == 2
            ? .chat(
              .anthropic,
              ChatSettings(
                baseURL: ChatAPI.anthropic.definition.baseURL ?? "", model: text(),
                temperature: chance(50) ? "0.7" : nil,
                maxTokens: number(1...1_000_000),
                headers: chance(50)
                  ? [NamedValue(name: "X-Key", value: Secret("sesame"), written: "${KEY}")] : [],
                body: chance(50) ? [BodyValue.Member(key: "more", value: bodyValue(depth: 3))] : [],
                price: chance(50)
                  ? Price(input: number(0...999), output: number(0...1_000_000_000_000), currency: one(["EUR", "NOK"]))
                  : nil,
                retries: number(0...5)))
            : index == 1
              ? .chat(
                .openai,
                ChatSettings(
                  baseURL: "http://localhost:11434/v1", model: text(), apiKey: Secret("sesame"),
                  apiKeyReference: "${KEY}",
                  system: chance(50) ? text() : nil)) : .echo,
        limits: index == 0 ? AgentLimits() : limits(index == 3 ? .program : .model), location: location)
    }
    let bindings = [
      CommandBinding(name: "help", action: .builtin(.help), location: location),
      CommandBinding(name: "no", aliases: ["reset", "y"], action: .builtin(.new), users: names(), location: location),
      CommandBinding(
        name: "review", action: .prompt(template(), agent: chance(50) ? "coder" : nil), users: names(),
        location: location),
      CommandBinding(name: "rota", action: .say(template()), location: location),
    ]
    let rules = (0..<number(1...4)).map { rule($0) }
    return RuleSet(
      access: Access(users: names(), denied: maybe(50) { $0.template() }, admin: "root"), agents: agents,
      commands: Commands(
        prefixes: some(["/", "!", "#", "%", "'", "\\"]), unknown: one(UnknownCommand.allCases),
        bindings: bindings),
      rules: rules,
      intake: IntakePolicy(
        maxAgeSeconds: one([45, 900, 86_400]), pollSeconds: one([1, 5, 60]), bots: rate(), filesMax: number(0...10),
        fileBytesMax: one([1 << 10, 20 << 20, 1 << 30]),
        fileTypes: some(["*/*", "image/*", "application/pdf"]).compactMap(MediaRange.init)),
      turns: one([TurnLimits(), TurnLimits(max: 1), TurnLimits(max: 1_000, perUser: 1_000)]),
      journal: JournalPolicy(
        facts: chance(50), text: chance(50), keepSeconds: one([45, 43_200, 2_592_000]),
        maxEvents: number(1...10_000_000)), tests: (0..<number(0...2)).map { test($0, rules) })
  }

  private mutating func rule(_ index: Int) -> Rule {
    let action: RuleAction =
      switch number(0...4) {
      case 0: .say(template())
      case 1: .ignore
      case 2: .deny(template())
      default: .agent(one(["echo", "coder", "true", "2"]))
      }
    var rule = Rule(
      name: "\(text()) \(index)", location: location, when: condition(depth: 0), action: action,
      session: SessionPolicy(
        scope: one([.channel, .thread, .member]), idleSeconds: maybe(50) { $0.one([45, 60, 5_400, 7_200, 86_400]) },
        turns: maybe(50) { $0.number(1...99) }, context: maybe(50) { $0.number(1...50) }),
      reply: ReplyPolicy(
        to: one(ReplyDestination.allCases), stream: chance(50), reactions: one(ReplyReactions.allCases),
        mentionSender: chance(50),
        maxLength: number(200...16_383)),
      busy: BusyPolicy(mode: one(BusyMode.allCases), max: number(1...1_000)),
      limit: LimitPolicy(perUser: maybe(50) { $0.rate() }, perChannel: maybe(50) { $0.rate() }),
      mode: one(RuleMode.allCases))
    if case .agent = action { rule.prompt = maybe(50) { $0.template() } }
    return rule
  }

  private mutating func rate() -> Rate { Rate(count: number(1...99), seconds: one([1, 60, 3_600, 86_400])) }

  private mutating func condition(depth: Int) -> Condition {
    var condition = Condition()
    if chance(40) { condition.triggers = CaseSet(some(Trigger.allCases)) }
    if chance(20) { condition.mention = one(MentionReach.allCases) }
    if chance(30) { condition.channels = names() }
    if chance(20) { condition.teams = names() }
    if chance(20) { condition.users = names() }
    if chance(20) { condition.kinds = CaseSet(some(ChannelKind.allCases)) }
    if chance(20) { condition.authors = CaseSet(some([.human, .bot, .webhook, .plugin])) }
    if chance(15) { condition.commands = Set(some(["help", "no", "review"])) }
    if chance(30) {
      let isSensitive = chance(50)
      let kinds = TextTestKind.allCases.filter { _ in chance(40) }
      condition.text = kinds.map { kind in
        TextTest(
          kind: kind, patterns: kind == .matches ? some([#"^a\d+: #"#, "'x'"]) : [text(), text()],
          isCaseSensitive: isSensitive)
      }
    }
    if chance(20) { condition[flag: .files] = chance(50) }
    if chance(20) { condition[flag: .remote] = chance(50) }
    if chance(20) { condition.thread = one(ThreadPosition.allCases) }
    if chance(20) { condition[flag: .edited] = chance(50) }
    if chance(25) { condition.time = time() }
    if depth < 2 {
      if chance(25) { condition.not = self.condition(depth: depth + 1).onePerKey }
      if chance(25) { condition.any = (0...number(0...2)).map { _ in self.condition(depth: depth + 1) } }
    }
    if condition == Condition() { condition[flag: .files] = true }
    return condition
  }

  private mutating func time() -> TimeWindow {
    let zone = (try? zones.table(one(["UTC", "Europe/Berlin", "Australia/Lord_Howe"]))) ?? .utc
    let days = maybe(60) { Set($0.some(Weekday.allCases)) }
    let hours: [HourRange]? =
      days != nil && chance(40)
      ? nil : (0...number(0...1)).map { _ in HourRange(start: number(0...600), end: number(601...1_440)) }
    return TimeWindow(days: days, hours: hours, zone: zone)
  }

  private mutating func test(_ index: Int, _ rules: [Rule]) -> RuleTest {
    var expect = Expectation()
    expect.ignore = chance(50)
    if chance(50) { expect.rule = chance(30) ? Expectation.ExpectedRule.none : .named(rules[0].name) }
    if chance(50) { expect.session = one(SessionScope.allCases) }
    if chance(30) { expect.agent = "coder" }
    if chance(30) { expect.say = template().written }
    let kind = one(ChannelKind.allCases)
    return RuleTest(
      name: "test \(index) \(text())", location: location,
      given: Event(
        post: "post", team: kind == .direct || kind == .group ? nil : one([nil, "acme"]),
        channel: Channel(id: "dev", name: "dev", kind: kind),
        user: User(id: "alice", name: "alice"), author: one(Author.allCases), mention: one(Mention.allCases),
        thread: one([.root, .reply(root: "root", joined: false), .reply(root: "root", joined: true)]),
        text: chance(20) ? "" : "@edgecrab " + text(), botName: "edgecrab", hasFiles: chance(50), isRemote: chance(50),
        isEdit: chance(50),
        milliseconds: Int64(number(-1_000...2_000_000_000_000))), expect: expect)
  }
}
