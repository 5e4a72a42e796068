import ConfigLoader
import Core
import RuleEngine
import TestSupport
import Testing

@Suite struct WhenTests {
  @Test func `a scalar is read as a list of one`() throws {
    let when = try rule("when: { trigger: mention, kind: public, author: bot, command: reset, text: hello }").when
    #expect(when.triggers == [.mention])
    #expect(when.kinds == [.public])
    #expect(when.authors == [.bot])
    #expect(when.commands == ["new"])
    #expect(when.text == [TextTest(kind: .contains, patterns: ["hello"])])
  }

  @Test func `keys that are not stated are nil`() throws {
    #expect(try rule("when: { trigger: dm }").when == with { $0.triggers = [.dm] })
    #expect(try rule("").when == Condition())
  }

  @Test func `names lose their signs, and groups are expanded`() throws {
    let when = try rule(#"when: { user: ["@Carol", group:oncall], channel: [~Dev, group:eng], team: group:eng }"#).when
    #expect(when.users == NameSet(["carol", "alice", "bob"]))
    #expect(when.channels == NameSet(["dev", "ops"]))
    #expect(when.teams == NameSet(["core"]))
    #expect(try rule(#"when: { user: "*" }"#).when.users == .everyone)
    #expect(try rule("when: { user: 'alice, bob carol' }").when.users == NameSet(["alice", "bob", "carol"]))
  }

  @Test func `each key of a text is a separate test`() throws {
    let when = try rule(
      "when: { text: { contains: [a, 1], word: b, starts_with: c, ends_with: d, equals: e, matches: f, case: sensitive } }"
    ).when
    #expect(when.text.map(\.kind) == [.contains, .word, .startsWith, .endsWith, .equals, .matches])
    #expect(when.text.map(\.patterns) == [["a", "1"], ["b"], ["c"], ["d"], ["e"], ["f"]])
    #expect(when.text.map(\.isCaseSensitive) == Array(repeating: true, count: 6))
  }

  @Test func `a list instead of a text matches any of its items`() throws {
    #expect(
      try rule("when: { text: [lunch, dinner] }").when.text
        == [TextTest(kind: .contains, patterns: ["lunch", "dinner"])])
  }

  @Test func `not becomes a condition for each key, and a mention stays with its trigger`() throws {
    let when = try rule(
      """
      when:
        not:
          trigger: [mention, dm]
          mention: channel-wide
          channel: dev
          text: { contains: a, ends_with: b }
          files: true
          not: { edited: true }
          any: [{ kind: group }, { thread: root }]
      """
    ).when
    #expect(
      when.not == [
        with {
          $0.triggers = [.mention, .dm]
          $0.mention = .channelWide
        },
        with { $0.channels = NameSet(["dev"]) },
        with {
          $0.text = [
            TextTest(kind: .contains, patterns: ["a"]), TextTest(kind: .endsWith, patterns: ["b"]),
          ]
        },
        with { $0[flag: .files] = true },
        with { $0.not = [with { $0[flag: .edited] = true }] },
        with { $0.any = [with { $0.kinds = [.group] }, with { $0.thread = .root }] },
      ])
    #expect(try rule("when: { not: { mention: direct } }").when.not == [with { $0.mention = .direct }])
  }

  @Test(arguments: [
    ("mon", [0]), ("sat-sun", [5, 6]), ("fri-mon", [4, 5, 6, 0]), ("mon-mon", [0]), ("Wed", [2]),
    ("[mon, wed-fri]", [0, 2, 3, 4]),
  ])
  func `days are weekdays or ranges of them`(text: String, days: [Int]) throws {
    let window = try rule("when: { time: { days: \(text) } }").when.time
    #expect(window?.days == Set(days.compactMap(Weekday.init)))
  }

  @Test(arguments: [
    ("22:00-06:00", 1_320, 360), ("8:30-18:00", 510, 1_080), ("00:00-24:00", 0, 1_440), ("20:00-00:00", 1_200, 1_440),
  ])
  func `hours are minutes since midnight`(text: String, start: Int, end: Int) throws {
    #expect(
      try rule("when: { time: { hours: \(text) } }").when.time?.hours == [HourRange(start: start, end: end)])
  }

  @Test(arguments: ["24:00-06:00", "08:00", "8-17", "08:60-09:00", "08:00-18:00-20:00", "00:00-00:00", "-1:00-02:00"])
  func `an invalid range of hours is an error`(text: String) {
    #expect(
      diagnostics("when: { time: { hours: '\(text)' } }") == [
        "`\(text)` is not a range of hours" + (text == "8-17" ? "; did you mean `08:00-17:00`?" : "")
      ])
  }

  @Test func `a zone has all its offsets through 2100`() throws {
    let time = try #require(try rule("when: { time: { days: mon, zone: Europe/Berlin } }").when.time)
    #expect(time.zone.name == "Europe/Berlin")
    let changes = time.zone.changes
    #expect(changes.first?.at == .min)
    #expect(changes.filter { $0.at >= 0 }.allSatisfy { [3_600, 7_200].contains($0.offset) })
    // 26 October 2025, 03:00 in summer time becomes 02:00.
    #expect(changes.contains(TimeZoneTable.Change(at: 1_761_440_400, offset: 3_600)))
    // 31 October 2100, likewise.
    #expect(changes.last == TimeZoneTable.Change(at: 4_128_627_600, offset: 3_600))
    #expect(changes == changes.sorted { $0.at < $1.at })
  }

  @Test func `the default zone is the machine's`() throws {
    let text = "version: 1\nrules: [{ name: a, when: { time: { days: mon } }, ignore: true }]"
    let zone = try #require(try rules(text, zone: "Asia/Kolkata").rules[0].when.time?.zone)
    #expect(zone.name == "Asia/Kolkata" && zone.changes.last?.offset == 19_800)
    #expect(try rules(text, zone: "UTC").rules[0].when.time?.zone.name == "UTC")
  }

  private func with(_ change: (inout Condition) -> Void) -> Condition {
    var condition = Condition()
    change(&condition)
    return condition
  }
}
