import Core
package import RuleEngine

extension Values {
  static let tests: ValueReader<[RuleTest]> = list(test)

  private static let test: ValueReader<RuleTest> = ValueReader(type: .section("test")) { node, key, reader in
    guard let fields = reader.fields(node, as: Schema.Test.section, "a test") else { return nil }
    let name = reader.value(Schema.Test.name, in: fields)
    let given = reader.value(Schema.Test.given, in: fields)
    let expect = reader.value(Schema.Test.expect, in: fields)
    guard let name, let given, let expect else { return nil }
    reader.testSpans.append(fields.head)
    return RuleTest(name: name, location: reader.source.location(of: fields.head), given: given, expect: expect)
  }

  static let given: ValueReader<Event> = ValueReader(type: .section("given")) { node, key, reader in
    reader.fields(node, as: Schema.Given.section, key).map { reader.event($0) }
  }

  static let expect: ValueReader<Expectation> = ValueReader(type: .section("expect")) { node, key, reader in
    guard let fields = reader.fields(node, as: Schema.Expect.section, key) else { return nil }
    var expect = Expectation()
    expect.rule = reader.value(Schema.Expect.rule, in: fields)
    expect.agent = reader.value(Schema.Expect.agent, in: fields)
    expect.command = reader.value(Schema.Expect.command, in: fields)
    expect.session = reader.value(Schema.Expect.session, in: fields)
    expect.say = reader.value(Schema.Expect.say, in: fields)
    expect.deny = reader.value(Schema.Expect.deny, in: fields)
    expect.ignore = reader.value(Schema.Expect.ignore, in: fields)
    return expect
  }

  static let expectedRule: ValueReader<Expectation.ExpectedRule> = ValueReader(type: .name(.rule)) {
    node, key, reader in
    guard let name = reader.read(text(as: .name(.rule)), node, key) else { return nil }
    if name == "none" { return Expectation.ExpectedRule.none }
    if reader.ruleSpans[name] == nil {
      let nearest = reader.nearest(to: name, among: reader.ruleSpans.keys)
      reader.diagnostics.add(.undefinedRule(name, nearest: nearest, at: node.span))
    }
    return .named(name)
  }
}

extension RulesReader {
  /// The post of a test.
  fileprivate mutating func event(_ fields: Fields) -> Event {
    var given = GivenEvent()
    given.user = value(Schema.Given.user, in: fields)
    given.channel = value(Schema.Given.channel, in: fields)
    given.team = value(Schema.Given.team, in: fields)
    given.text = value(Schema.Given.text, in: fields)
    given.milliseconds = value(Schema.Given.at, in: fields)
    for (key, row) in Schema.Given.facts { given.facts[key] = value(row, in: fields) }
    if given.kind.isOutsideTeams, let team = fields[Schema.Given.team] {
      diagnostics.add(.uselessKey("team", without: "kind: public", at: team.keySpan))
    }
    return given.event(EventDefaults(access, bot: bot, milliseconds: now))
  }
}

extension RuleSet {
  /// Returns the defaults of events.
  ///
  /// - Parameter bot: the bot's name; overrides that of the file.
  package func eventDefaults(at milliseconds: Int64, bot: String? = nil) -> EventDefaults {
    EventDefaults(access, bot: bot ?? self.bot, milliseconds: milliseconds)
  }
}

extension EventDefaults {
  /// An event without a user is by one whom `access` allows.
  fileprivate init(_ access: Access, bot: String?, milliseconds: Int64) {
    self.init(milliseconds: milliseconds)
    if let user = access.users.names.min() { self.user = user }
    if let bot { self.bot = bot }
  }
}
