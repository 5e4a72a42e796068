import Core
import RuleEngine
import Testing

@Suite struct TimeWindowTests {
  private static let berlin = TimeZoneTable(tabulating: "Europe/Berlin", from: 1_700_000_000, to: 1_800_000_000)

  /// Milliseconds of moments around the last week of March 2026, in which Berlin's clocks go forward on Sunday the
  /// 29th.
  @Test(
    arguments: [
      ("Friday 23:30 in Berlin", 1_774_650_600, Set([Weekday.fri]), [HourRange(start: 1_320, end: 360)], true),
      ("Saturday 01:00: still Friday's night", 1_774_656_000, [.fri], [HourRange(start: 1_320, end: 360)], true),
      ("Saturday 23:00: Saturday's night", 1_774_735_200, [.fri], [HourRange(start: 1_320, end: 360)], false),
      ("Sunday 03:30, an hour after 01:30", 1_774_747_800, [.sun], [HourRange(start: 180, end: 240)], true),
      ("Sunday 03:30 is not 02:30", 1_774_747_800, [.sun], [HourRange(start: 120, end: 180)], false),
      ("Sunday noon, no hours asked", 1_774_778_400, [.sat, .sun], nil, true),
      ("Monday 00:00", 1_774_821_600, [.sun], nil, false),
    ] as [(String, Int64, Set<Weekday>, [HourRange]?, Bool)])
  func `days and hours are those of the zone`(
    _ what: String, seconds: Int64, days: Set<Weekday>, hours: [HourRange]?, holds: Bool
  ) throws {
    var condition = Condition()
    condition.time = TimeWindow(days: days, hours: hours, zone: Self.berlin)
    let location = FileLocation(file: "rules.yaml", line: 1, column: 1)
    let rules = try CompiledRules(
      RuleSet(rules: [Rule(name: "night", location: location, when: condition, action: .agent("echo"))]))
    let event = Event(
      post: "p", channel: Channel(id: "c", name: "c", kind: .public), user: User(id: "u", name: "u"), text: "x",
      botName: "edgecrab", milliseconds: seconds * 1_000)
    #expect((rules.decide(event).rule == 0) == holds, Comment(rawValue: what))
  }
}
