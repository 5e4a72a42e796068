import Core
import RuleEngine
import TestSupport
import Workload

/// Generates small rule sets and events from few names, so that conditions often hold, or nearly do.
struct Generator {
  var random: SeededGenerator

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  private let users = ["alice", "bob", "carol.o-brien"]
  private let channels = ["dev", "ops", "town-square"]
  private let teams = ["acme", ""]
  private let words = ["build", "Fix", "déjà", "世界", "lunch", "#42"]
  private let location = FileLocation(file: "generated.yaml", line: 1, column: 1)

  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

  mutating func one<T>(_ choices: [T]) -> T {
    choices[Int.random(in: choices.indices, using: &random)]
  }

  mutating func some<T: Hashable>(_ choices: [T]) -> Set<T> {
    let picked = choices.filter { _ in chance(40) }
    return picked.isEmpty ? [one(choices)] : Set(picked)
  }

  mutating func ruleSet() -> RuleSet {
    var commands = Commands(prefixes: ["/", "!"], unknown: one(UnknownCommand.allCases))
    commands.bindings = [
      CommandBinding(name: "help", action: .builtin(.help), location: location),
      CommandBinding(
        name: "new", aliases: ["reset"], action: .builtin(.new), users: NameSet(some(users)), location: location),
      CommandBinding(name: "rota", action: .say(Template("alice")), location: location),
    ]
    let access = chance(70) ? Access() : Access(users: NameSet(some(users)), denied: chance(50) ? Template("no") : nil)
    let rules = (0..<Int.random(in: 0...6, using: &random)).map { rule($0, when: condition(depth: 0)) }
    return RuleSet(access: access, commands: commands, rules: rules)
  }

  /// Returns many rules for one channel or few names, which differ in their words or other facts and are narrow enough
  /// that late ones still match.
  mutating func crowdedRuleSet() -> RuleSet {
    var set = ruleSet()
    let crowd = chance(50) ? channels : ["dev"]
    let worded = chance(50) ? 80 : 10
    set.rules = (0..<Int.random(in: 40...100, using: &random)).map { index in
      rule(index, when: crowdedCondition(around: crowd, worded: worded))
    }
    return set
  }

  private mutating func rule(_ index: Int, when condition: Condition) -> Rule {
    Rule(
      name: "rule \(index)", location: location, when: condition, action: action(), mode: chance(15) ? .shadow : .live)
  }

  private mutating func crowdedCondition(around crowd: [String], worded: Int) -> Condition {
    var condition = condition(depth: 1)
    switch Int.random(in: 0..<10, using: &random) {
    case 0..<7: condition.channels = NameSet([one(crowd)])
    case 7: condition.users = NameSet([one(users)])
    case 8: condition.commands = [one(["help", "new", "rota"])]
    default: condition.teams = NameSet([one(teams)])
    }
    if chance(worded) {
      condition.text = [TextTest(kind: .contains, patterns: [one(words) + one(["", " ", "_"]) + one(words)])]
    }
    if condition.text.isEmpty {
      // Narrow requirements, so that few of these rules match the same events.
      condition.kinds = [one(ChannelKind.allCases)]
      condition[flag: .files] = chance(50)
      condition.thread = one(ThreadPosition.allCases)
      if chance(50) { condition.users = NameSet([one(users)]) }
    }
    return condition
  }

  private mutating func action() -> RuleAction {
    one([.agent("echo"), .agent("echo"), .agent("coder"), .say(Template("hi")), .ignore, .deny(Template("no"))])
  }

  private mutating func condition(depth: Int) -> Condition {
    var condition = Condition()
    if chance(50) { condition.triggers = CaseSet(some(Trigger.allCases)) }
    if chance(20) { condition.mention = one(MentionReach.allCases) }
    if chance(25) { condition.channels = NameSet(some(channels)) }
    if chance(10) { condition.teams = NameSet(some(teams)) }
    if chance(20) { condition.users = chance(10) ? .everyone : NameSet(some(users)) }
    if chance(20) { condition.kinds = CaseSet(some(ChannelKind.allCases)) }
    if chance(20) { condition.authors = CaseSet(some([.human, .bot, .webhook, .plugin])) }
    if chance(10) { condition.commands = some(["help", "new", "rota"]) }
    if chance(20) { condition.text = [textTest()] }
    if chance(10) { condition.text.append(textTest()) }
    if chance(10) { condition[flag: .files] = chance(50) }
    if chance(10) { condition[flag: .remote] = chance(50) }
    if chance(10) { condition.thread = one(ThreadPosition.allCases) }
    if chance(10) { condition[flag: .edited] = chance(50) }
    if chance(15) { condition.time = timeWindow() }
    if depth < 2 {
      if chance(15) { condition.not = [self.condition(depth: depth + 1)] }
      if chance(15) { condition.any = [self.condition(depth: depth + 1), self.condition(depth: depth + 1)] }
    }
    return condition
  }

  private mutating func textTest() -> TextTest {
    let kind = one(TextTestKind.allCases)
    let patterns = kind == .matches ? [#"#\d+"#, "^fix", "build$", "l.*h", "世.?"] : words + ["b", "fix lunch"]
    return TextTest(kind: kind, patterns: Array(some(patterns)).sorted(), isCaseSensitive: chance(30))
  }

  private mutating func timeWindow() -> TimeWindow {
    func minute() -> Int { Int.random(in: 0..<1_440, using: &random) }
    let hours = chance(70) ? [HourRange(start: minute(), end: minute() + 1)] : nil
    return TimeWindow(days: chance(60) ? some(Weekday.allCases) : nil, hours: hours, zone: one([.utc, .lordHowe]))
  }

  mutating func event() -> Event {
    let kind = one(ChannelKind.allCases)
    let channel = one(channels)
    let user = one(users)
    let mention = one(Mention.allCases)
    var text = (0..<Int.random(in: 0...4, using: &random)).map { _ in one(words) }.joined(
      separator: one([" ", "", "_"]))
    if chance(25) {
      text = one(["/", "!", " /"]) + one(["help", "reset", "NEW", "rota", "hlep", "etc/hosts"]) + " " + text
    }
    if chance(30) { text = "@edgecrab " + text }
    return Event(
      post: "post", team: TeamID(nonEmpty: one(teams)),
      channel: Channel(id: ChannelID(channel), name: channel, kind: kind),
      user: User(id: UserID(user), name: user), author: chance(60) ? .human : one(Author.allCases), mention: mention,
      thread: one([.root, .root, .reply(root: "root", joined: false), .reply(root: "root", joined: true)]), text: text,
      botName: "edgecrab", hasFiles: chance(20), isRemote: chance(20), isEdit: chance(15),
      milliseconds: Int64.random(in: -100_000_000_000...2_000_000_000_000, using: &random))
  }
}

extension TimeZoneTable {
  static let utc = TimeZoneTable(name: "UTC", changes: [])
}
