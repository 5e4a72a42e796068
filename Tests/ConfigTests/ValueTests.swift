import ConfigLoader
import Core
import RuleEngine
import TestSupport
import Testing

@Suite struct ValueTests {
  @Test(arguments: [("45s", 45), ("30m", 1_800), ("2h", 7_200), ("1d", 86_400), ("366d", 31_622_400)])
  func `a duration is a number of seconds`(text: String, seconds: Int) throws {
    #expect(try rule("session: { idle: \(text) }").session.idleSeconds == seconds)
  }

  @Test(arguments: ["30", "m", "0m", "-1m", "1.5h", "367d", "99999999999999999999d", "1 h", "+1h"])
  func `an invalid duration is an error`(text: String) {
    #expect(diagnostics("session: { idle: '\(text)' }") == ["`\(text)` is not a duration"])
  }

  @Test(arguments: [
    ("1/s", 1, 1), ("2/sec", 2, 1), ("20/min", 20, 60), ("5/h", 5, 3_600), ("5/hour", 5, 3_600), ("9/day", 9, 86_400),
  ])
  func `a rate is a count in a number of seconds`(text: String, count: Int, seconds: Int) throws {
    #expect(try rule("limit: { per_user: \(text) }").limit.perUser == Rate(count: count, seconds: seconds))
  }

  @Test(
    arguments: [
      ("{}", .progress), ("{ reactions: true }", .progress), ("{ reactions: false }", .off),
      ("{ reactions: all }", .all),
    ] as [(String, ReplyReactions)])
  func `the reactions of a reply are on, off or all`(text: String, reactions: ReplyReactions) throws {
    #expect(try rule("reply: \(text)").reply.reactions == reactions)
  }

  @Test(arguments: [
    ("done", "`reactions` cannot be `done`"), ("'true'", "`reactions` must be true or false, not a text"),
  ])
  func `other reactions of a reply are an error`(text: String, message: String) {
    #expect(diagnostics("reply: { reactions: \(text) }") == [message])
  }

  @Test(arguments: [
    ("{}", TurnLimits(max: 64, perUser: 16)), ("{ max: 3 }", TurnLimits(max: 3, perUser: 1)),
    ("{ max: 8, per_user: 8 }", TurnLimits(max: 8, perUser: 8)), ("{ per_user: 64 }", TurnLimits(max: 64, perUser: 64)),
  ])
  func `the default limit of turns per user is a share of all turns`(text: String, bounds: TurnLimits) throws {
    #expect(try rules("version: 1\nrules: []\nturns: \(text)").turns == bounds)
  }

  @Test func `a limit of turns per user above that of all turns is an error`() {
    let loaded = load("version: 1\nrules: []\nturns: { max: 4, per_user: 8 }")
    #expect(
      loaded.diagnostics.filter { $0.severity == .error }.map(\.message) == ["`per_user` must be from 1 to 4, not `8`"])
  }

  @Test(arguments: ["20", "20/", "/min", "0/min", "20/month", "20/min/h", "1.5/s"])
  func `an invalid rate is an error`(text: String) {
    #expect(diagnostics("limit: { per_user: '\(text)' }") == ["`\(text)` is not a rate"])
  }

  @Test(
    arguments: [
      ("2025-06-01T09:30:00Z", 1_748_770_200_000), ("2025-06-01t11:30+02:00", 1_748_770_200_000),
      ("2024-02-29T00:00:00.123456Z", 1_709_164_800_123), ("1969-12-31T23:59:59Z", -1_000),
      ("2025-01-01T00:00:00-05:30", 1_735_709_400_000), ("1750000000000", 1_750_000_000_000),
    ] as [(String, Int64)])
  func `a date and time is a number of milliseconds since 1970`(text: String, milliseconds: Int64) throws {
    let file = "version: 1\nrules: []\ntests: [{ name: t, given: { at: \(text) }, expect: { rule: none } }]"
    #expect(try rules(file).tests[0].given.milliseconds == milliseconds)
  }

  @Test(arguments: [
    "2025-06-01", "2025-06-01T09:30:00", "2025-13-01T09:30:00Z", "2025-04-31T09:30:00Z", "2025-06-01T24:00:00Z",
    "2025-06-01T09:30:60Z", "2025-06-01T09:30:00+2:00", "2025-06-01T09:30:00Z!", "99999999999999999999", "now",
  ])
  func `an invalid date and time is an error`(text: String) {
    let file = "version: 1\nrules: []\ntests: [{ name: t, given: { at: '\(text)' }, expect: { rule: none } }]"
    #expect(load(file).diagnostics.map(\.code).contains(.badMoment))
  }

  @Test(
    arguments: [
      ("30 minutes", "30m"), ("2 weeks", "14d"), ("52w", "364d"), ("53 weeks", nil), ("100 weeks", nil),
      ("400 days", nil), ("2000000 seconds", nil), ("9000000000000000000w", nil), ("9223372036854775807 weeks", nil),
      ("9223372036854775807 days", nil),
    ] as [(String, String?)])
  func `a duration in another notation is an error with the right one`(text: String, likely: String?) {
    let remedy = likely.map { "; did you mean `\($0)`?" } ?? ""
    #expect(diagnostics("session: { idle: '\(text)' }") == ["`\(text)` is not a duration" + remedy])
  }

  @Test(
    arguments: [
      ("10 per minute", "10/min"), ("10/hours", "10/hour"), ("1000000 per day", "1000000/day"),
      ("1000001 per day", nil), ("9000000000000000000/minute", nil),
    ] as [(String, String?)])
  func `a rate in another notation is an error with the right one`(text: String, likely: String?) {
    let remedy = likely.map { "; did you mean `\($0)`?" } ?? ""
    #expect(diagnostics("limit: { per_user: '\(text)' }") == ["`\(text)` is not a rate" + remedy])
  }

  @Test func `only true without quotes is a boolean, and a number for a text is a text`() throws {
    #expect(try rule("reply: { stream: true }").reply.stream)
    #expect(diagnostics("reply: { stream: 'true' }") == ["`stream` must be true or false, not a text"])
    #expect(diagnostics("reply: { stream: True }") == ["`stream` must be true or false, not `True`"])
    #expect(try rule("when: { text: 42 }").when.text.first?.patterns == ["42"])
    #expect(diagnostics("when: { text: true }") == ["`text` must be a text, not true"])
    #expect(diagnostics("busy: { max: '3' }") == ["`max` must be a whole number, not a text"])
    #expect(diagnostics("busy: { max: 0x10 }") == ["`max` must be a whole number, not `0x10`"])
  }

  @Test func `variables are expanded as text`() throws {
    func prompt(_ text: String, _ environment: [String: String] = [:]) throws -> String? {
      try rule("prompt: \(text)", environment).prompt?.filled { _ in "" }
    }
    #expect(try prompt("'a ${X} b'", ["X": "1"]) == "a 1 b")
    #expect(try prompt("'${X:-none}'", ["X": ""]) == "none")
    #expect(try prompt("'${X:-none}'", ["X": "some"]) == "some")
    #expect(try prompt("'a${X:-}b'") == "ab")
    #expect(try prompt("'${X}'", ["X": "[a, b]: {c: d}"]) == "[a, b]: {c: d}")
    #expect(try prompt("'${X}'", ["X": "${Y}"]) == "${Y}")
    #expect(try prompt("'$${X} costs $5'") == "${X} costs $5")
    #expect(try prompt("'${X}${Y}'", ["X": "1", "Y": "2"]) == "12")
    #expect(diagnostics("prompt: 'a ${X} b ${Y}'") == ["the variable `X` is not set", "the variable `Y` is not set"])
  }

  @Test func `a variable without quotes can be a number or a boolean`() throws {
    let reply = try rule(
      """
      reply:
        max_length: ${N}
        stream: ${S:-true}
      """, ["N": "500"]
    ).reply
    #expect(reply.maxLength == 500)
    #expect(reply.stream)
  }

  @Test(
    arguments: [
      ("alice, bob", ["alice", "bob"]), ("@Alice bob\n carol", ["alice", "bob", "carol"]), ("*", []),
    ] as [(String, Set<String>)])
  func `a list of users is split at commas and white space`(variable: String, names: Set<String>) throws {
    let file = "version: 1\nrules: []\naccess:\n  users: ${PEOPLE:-*}\n"
    let users = try rules(file, ["PEOPLE": variable]).access.users
    #expect(users == NameSet(names, isEveryone: names.isEmpty))
  }

  @Test(arguments: ["", " ", ",", "\t, ,\n"])
  func `an empty variable allows no one, also if its default is everyone`(nobody: String) throws {
    for users in ["${PEOPLE:-*}", "${PEOPLE}", "[alice, \"${PEOPLE:-}\"]", "group:team"] {
      let file = "version: 1\nrules: []\ngroups: { team: { users: \"${PEOPLE:-*}\" } }\naccess:\n  users: \(users)\n"
      let loaded = load(file, ["PEOPLE": nobody])
      #expect(loaded.rules == nil && loaded.diagnostics.contains { $0.code == .emptyVariable })
    }
  }

  @Test(
    arguments: [
      ("", [:], .notSaid), ("access: { denied: no }", [:], .notSaid), ("access: { users: '*' }", [:], .written),
      ("access: { users: '${A:-*}' }", [:], .unset(variable: "A")),
      ("access: { users: [bob, '${A:-alice, *}'] }", [:], .unset(variable: "A")),
      ("access: { users: '${A:-*}' }", ["A": "*"], .written), ("access: { users: '${A:-*}' }", ["A": "alice"], nil),
      ("access: { users: '${A:-alice}' }", [:], nil), ("access: { users: '*', denied: '${A:-*}' }", [:], .written),
      ("groups: { all: { users: '${A:-*}' } }\naccess: { users: group:all }", [:], .unset(variable: "A")),
      ("groups: { all: { users: '${A:-*}' } }\naccess: { users: alice }", [:], nil),
    ] as [(String, [String: String], OpenAccess?)])
  func `the reason why everyone may talk is known`(access: String, environment: [String: String], why: OpenAccess?) {
    #expect(load("version: 1\nrules: []\n\(access)\n", environment).openAccess == why)
  }

  @Test func `an empty API key is none, and one with a line break is an error that does not show it`() throws {
    func agents(_ key: String) -> LoadedRules {
      load(
        "version: 1\nrules: []\nagents:\n  a:\n    type: openai\n    base_url: https://x/v1\n    model: m\n    api_key: ${K:-}",
        ["K": key])
    }
    let kind = try #require(agents("").rules?.agents.first?.kind)
    #expect(kind == .chat(.openai, ChatSettings(baseURL: "https://x/v1", model: "m", apiKeyReference: "${K:-}")))
    let refused = agents("sk-abc\nX: y")
    #expect(refused.diagnostics.map(\.code) == [.malformedSecret])
    #expect(!refused.report.contains("sk-abc"))
  }

  @Test(arguments: [
    "http://localhost:11434/v1", "https://example.com/v1/", "HTTPS://example.com", "http://[::1]:8080/v1",
    "https://a.b/c/d", "https://x.openai.azure.com/openai/deployments/d/?api-version=2024-10-21",
  ])
  func `an address is http or https`(text: String) throws {
    #expect(load(agent(at: text)).rules != nil)
  }

  @Test(arguments: [
    ("ftp://x/v1", "must begin with http:// or https://"), ("https://", "has no host"),
    ("https:///v1", "has no host"), ("https://u:p@x/v1", "must not contain a user name or a password"),
    ("https://x/v1?a=b", "must end before the `?` or `#`"),
    ("https://x/v1?api-version=1&key=hunter2", "must end before the `?` or `#`"),
    ("https://x/v1?api-version=", "must end before the `?` or `#`"),
    ("https://x/v1?api-version=1#a", "must end before the `?` or `#`"),
    ("https://x:0/v1", "has a port that is not a number from 1 to 65535"),
    ("https://x:http/v1", "has a port that is not a number from 1 to 65535"),
    ("https://exämple.com", "contains a space or another character that an address cannot contain"),
  ])
  func `an invalid address is an error`(text: String, reason: String) {
    let loaded = load(agent(at: text))
    #expect(loaded.diagnostics.map(\.message) == ["`base_url` " + reason])
  }

  @Test(arguments: ["https://u:hunter2@x/v1", "ftp://u:hunter2@x/v1", "https://u:hunter2 @x/v1"])
  func `an address with a password is an error that does not show it`(text: String) {
    let loaded = load(agent(at: text))
    #expect(loaded.diagnostics.map(\.code) == [.badAddress])
    #expect(!loaded.report.contains("hunter2"), "\(loaded.report)")
  }

  private func agent(at address: String) -> String {
    "version: 1\nrules: []\nagents: { a: { type: openai, base_url: '\(address)', model: m } }"
  }

  @Test(arguments: [
    ("kind: direct", "user", true), ("kind: [direct]", "user", true), ("trigger: dm", "user", true),
    ("kind: [direct, group]", "user", false), ("trigger: [dm, command]", "user", false), ("user: alice", "user", false),
    ("trigger: mention", "member", true), ("trigger: mention", "{ scope: user }", false),
  ])
  func `a user session is only allowed in direct messages`(when: String, session: String, isFine: Bool) {
    let found = diagnostics("when: { \(when) }\nsession: \(session)")
    #expect(found.isEmpty == isFine)
  }

  @Test func `the default user of a test is one whom access allows`() throws {
    func user(_ users: String) throws -> String {
      let file =
        "version: 1\nrules: []\naccess: { users: '\(users)' }\ntests: [{ name: t, given: {}, expect: { rule: none } }]"
      return try rules(file).tests[0].given.user.name
    }
    #expect(try user("*") == "someone")
    #expect(try user("carol, bob") == "bob")
  }

  @Test func `the default mention of a test follows from its text`() throws {
    func mention(_ given: String) throws -> Mention {
      try rules("version: 1\nrules: []\ntests: [{ name: t, given: { \(given) }, expect: { rule: none } }]")
        .tests[0].given.mention
    }
    #expect(try mention("text: '@edgecrab hello'") == .direct)
    #expect(try mention("text: hello") == .none)
    #expect(try mention("text: hello, mention: channel-wide") == .channelWide)
  }

  @Test(arguments: ["Europe/Berlin", "US/Eastern", "Etc/GMT-2", "CET", "UTC", "Asia/Kolkata"])
  func `a zone is a name of IANA's database`(zone: String) {
    #expect(diagnostics("when: { time: { days: mon, zone: \(zone) } }") == [])
  }

  @Test(arguments: ["BST", "IST", "CST", "GMT+2", "UTC+2", "GMT0530", "Europe/Nowhere"])
  func `abbreviations and offsets are not zones, since they are ambiguous`(zone: String) {
    #expect(diagnostics("when: { time: { days: mon, zone: \(zone) } }").count == 1)
  }

  @Test(arguments: [
    "any: [{ kind: direct }]", "not: { kind: [public, private, group] }", "any: [{ trigger: dm }, { kind: direct }]",
  ])
  func `a user session is allowed with any condition that means direct messages`(when: String) {
    #expect(diagnostics("when: { \(when) }\nsession: user") == [])
  }

  @Test(arguments: ["any: [{ kind: direct }, { user: alice }]", "not: { kind: public }", "trigger: [dm, command]"])
  func `a user session that is reachable from a channel is an error`(when: String) {
    #expect(diagnostics("when: { \(when) }\nsession: user").count == 1)
  }

  @Test(arguments: ["not: { user: alice }", "thread: root", "time: { days: mon }"])
  func `a rule with a condition does not answer every message`(condition: String) {
    let text =
      "version: 1\nagents: { echo: { type: echo } }\nrules:\n  - { name: a, when: { trigger: message, \(condition) }, agent: echo }"
    #expect(!load(text).diagnostics.contains { $0.code == .everyMessage })
  }

  @Test func `a rule for a channel matches no direct messages with any trigger`() {
    let text =
      "version: 1\nagents: { echo: { type: echo } }\nrules:\n  - { name: a, when: { channel: dev, trigger: [mention, message] }, agent: echo }"
    #expect(load(text).diagnostics.map(\.code) == [.noRuleForDirectMessages])
  }

  @Test func `a test with a direct message does not reach a rule for a channel`() throws {
    let text = """
      version: 1
      agents: { echo: { type: echo } }
      rules:
        - { name: square, when: { channel: town-square }, agent: echo }
        - { name: rest, when: { trigger: [dm, mention] }, agent: echo }
      tests:
        - { name: direct, given: { kind: direct, text: hi }, expect: { rule: rest } }
        - { name: square, given: { text: hi }, expect: { rule: square } }
      """
    #expect(load(text).diagnostics.map(\.message) == [])
    let team = text.replacing("kind: direct, text", with: "kind: direct, team: core, text")
    #expect(load(team).diagnostics.map(\.code) == [.uselessKey])
  }
}
