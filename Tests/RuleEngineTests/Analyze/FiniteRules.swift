import Core
import RuleEngine

/// Rule sets that ask only for facts with few values, and all events that they distinguish.
struct FiniteRules {
  private var generator: Generator
  private let facts: Set<ConditionKey>
  private let location = FileLocation(file: "generated.yaml", line: 1, column: 1)

  private let users = ["alice", "bob"]
  private let channels = ["dev", "ops"]
  private let teams = ["acme", "labs"]
  private let commands = ["help", "rota"]

  /// Creates rules with some of the facts, so that all events can be enumerated.
  init(seed: UInt64) {
    generator = Generator(seed: seed)
    let all: [ConditionKey] = [
      .author, .edited, .kind, .channel, .user, .team, .mention, .command, .thread, .files,
    ]
    // With few facts, several rules often mask another together.
    facts = Set(all.shuffled(using: &generator.random).prefix(Int(2 + seed % 4)))
  }

  mutating func ruleSet() -> RuleSet {
    let bindings = commands.map { CommandBinding(name: $0, action: .say(Template("hi")), location: location) }
    let access = generator.chance(30) && facts.contains(.user) ? NameSet(generator.some(users)) : .everyone
    var conditions = (0..<Int.random(in: 1...6, using: &generator.random)).map { _ in condition(depth: 0) }
    if generator.chance(50) { conditions += halves(of: condition(depth: 1), by: condition(depth: 1)) }
    let rules = conditions.enumerated().map { index, condition in
      Rule(
        name: "rule \(index)", location: location, when: condition, action: .agent("echo"),
        mode: generator.chance(15) ? .shadow : .live)
    }
    return RuleSet(access: Access(users: access), commands: Commands(bindings: bindings), rules: rules)
  }

  /// Returns `whole` with `part`, `whole` without it, and `whole` itself, which the first two together nearly mask.
  private func halves(of whole: Condition, by part: Condition) -> [Condition] {
    var (also, but) = (whole, whole)
    also.any.append(part)
    but.not.append(part)
    return [also, but, whole]
  }

  private mutating func condition(depth: Int) -> Condition {
    var condition = Condition()
    func asks(_ fact: ConditionKey, _ generator: inout Generator) -> Bool {
      facts.contains(fact) && generator.chance(30)
    }
    var triggers: [Trigger] = [.message]
    if facts.contains(.mention) { triggers.append(.mention) }
    if facts.contains(.kind) { triggers.append(.dm) }
    if facts.contains(.command) { triggers.append(.command) }
    if facts.contains(.thread) { triggers.append(.thread) }
    if generator.chance(30) { condition.triggers = CaseSet(generator.some(triggers)) }
    if asks(.mention, &generator) { condition.mention = generator.one(MentionReach.allCases) }
    if asks(.channel, &generator) { condition.channels = NameSet(generator.some(channels)) }
    if asks(.user, &generator) {
      condition.users = NameSet(generator.some(users), isEveryone: generator.chance(10))
    }
    if asks(.team, &generator) { condition.teams = NameSet(generator.some(teams)) }
    if asks(.kind, &generator) { condition.kinds = CaseSet(generator.some(ChannelKind.allCases)) }
    if asks(.author, &generator) {
      condition.authors = CaseSet(generator.some([.human, .bot, .webhook, .plugin]))
    }
    if asks(.command, &generator) { condition.commands = generator.some(commands) }
    if asks(.files, &generator) { condition[flag: .files] = generator.chance(50) }
    if asks(.remote, &generator) { condition[flag: .remote] = generator.chance(50) }
    if asks(.thread, &generator) { condition.thread = generator.one(ThreadPosition.allCases) }
    if asks(.edited, &generator) { condition[flag: .edited] = generator.chance(50) }
    if depth < 2 {
      if generator.chance(20) { condition.not = [self.condition(depth: depth + 1)] }
      if generator.chance(20) { condition.any = (0...1).map { _ in self.condition(depth: depth + 1) } }
    }
    return condition
  }

  /// All events that the rules of this set can distinguish.
  var events: [Event] {
    var events = [event(text: "hello")]
    func vary<Value>(_ fact: ConditionKey, over values: [Value], _ change: (inout Event, Value) -> Void) {
      guard facts.contains(fact) else { return }
      events = events.flatMap { event in
        values.map { value in
          var changed = event
          change(&changed, value)
          return changed
        }
      }
    }
    vary(.command, over: ["hello", "!other"] + commands.map { "!" + $0 }) { $0 = event(text: $1) }
    vary(.kind, over: ChannelKind.allCases) { $0.channel.kind = $1 }
    vary(.team, over: ["other"] + teams) { $0.team = TeamID($1) }
    vary(.channel, over: ["other"] + channels) { $0.channel.id = ChannelID($1) }
    vary(.user, over: ["other"] + users) { $0.user.id = UserID($1) }
    vary(.author, over: [Author.human, .bot, .webhook, .plugin]) { $0.author = $1 }
    vary(.mention, over: Mention.allCases) { $0.mention = $1 }
    vary(.thread, over: [ThreadContext.root, .reply(root: "r", joined: false), .reply(root: "r", joined: true)]) {
      $0.thread = $1
    }
    vary(.files, over: [false, true]) { $0.hasFiles = $1 }
    vary(.remote, over: [false, true]) { $0.isRemote = $1 }
    vary(.edited, over: [false, true]) { $0.isEdit = $1 }
    // Direct and group channels belong to no team.
    return events.map { event in
      var event = event
      if event.channel.kind == .direct || event.channel.kind == .group { event.team = nil }
      return event
    }
  }

  private func event(text: String) -> Event {
    Event(
      post: "post", team: "other", channel: Channel(id: "other", name: "other", kind: .public),
      user: User(id: "other", name: "other"), text: text, botName: "edgecrab", milliseconds: 0)
  }
}
