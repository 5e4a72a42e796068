import RuleEngine

/// The clocks of the zones that rules name: finds a moment at which they show some given times.
struct Clocks: Sendable {
  let zones: [TimeZoneTable]
  private let usual: [Int]

  /// Mondays in winter and in summer, at midnight UTC: 7 January and 1 July 2030.
  private static let mondays: [Int64] = [1_893_974_400, 1_909_094_400]
  /// Wednesday noon, which is within most working hours.
  private static let noon = 2 * WeekSet.minutesPerDay + 720
  private static let usualMoment = mondays[0] + Int64(noon) * 60

  init(_ zones: [TimeZoneTable]) {
    self.zones = zones
    usual = zones.map { $0.minuteOfWeek(at: Self.usualMoment) }
  }

  /// Returns a moment within all of `wanted` and the minute of the week that each clock shows then; no moment if none
  /// was found, as for hours of two zones that never meet.
  func pick(_ wanted: [Int: WeekSet], _ steps: inout StepBudget) throws(BudgetExceeded) -> (
    moment: Int64?, minutes: [Int]
  ) {
    guard let (zone, set) = wanted.min(by: { $0.key < $1.key }) else { return (Self.usualMoment, usual) }
    for monday in Self.mondays {
      for minute in Self.minutesFromNoon where set.contains(minute) {
        try steps.spend()
        let moment = zones[zone].moment(minute: minute, ofWeekFrom: monday)
        let isWithin = wanted.allSatisfy { $0.value.contains(zones[$0.key].minuteOfWeek(at: moment)) }
        if isWithin { return (moment, zones.map { $0.minuteOfWeek(at: moment) }) }
      }
    }
    let minutes = usual.enumerated().map { zone, minute in
      wanted[zone].flatMap { set in Self.minutesFromNoon.first(where: set.contains) } ?? minute
    }
    return (nil, minutes)
  }

  private static var minutesFromNoon: some Sequence<Int> {
    (0..<WeekSet.minutes).lazy.map { (noon + $0) % WeekSet.minutes }
  }
}

extension TimeZoneTable {
  /// Returns the minutes since Monday 00:00 that the zone's clock shows at a moment in seconds since 1970.
  fileprivate func minuteOfWeek(at seconds: Int64) -> Int {
    let week = Int64(WeekSet.minutes * 60)
    // Day 0, 1 January 1970, was a Thursday.
    let since = (localSeconds(at: seconds) &+ 3 * 86_400) % week
    return Int((since < 0 ? since + week : since) / 60)
  }

  /// Returns the moment at which the clock shows a minute of the week that begins at `monday` UTC; an hour off if the
  /// clocks change.
  fileprivate func moment(minute: Int, ofWeekFrom monday: Int64) -> Int64 {
    let shown = monday + Int64(minute) * 60
    return shown - (localSeconds(at: shown) - shown)
  }
}

/// Minutes of a week, from Monday 00:00, on one zone's clock.
struct WeekSet: Sendable, Hashable {
  static let minutesPerDay = 1_440
  static let minutes = 7 * minutesPerDay

  private var words = [UInt64](repeating: 0, count: (minutes + 63) / 64)

  static let all = WeekSet().complement

  private init() {}

  init(_ window: TimeWindow) {
    for day in Weekday.allCases where window.days?.contains(day) ?? true {
      let midnight = day.rawValue * Self.minutesPerDay
      for range in window.hours ?? [HourRange(start: 0, end: Self.minutesPerDay)] {
        // A range that crosses midnight ends on the day after, which may be the next week's Monday.
        let end = range.start < range.end ? range.end : range.end + Self.minutesPerDay
        for minute in range.start..<end { insert((midnight + minute) % Self.minutes) }
      }
    }
  }

  private mutating func insert(_ minute: Int) { words[minute / 64] |= 1 << UInt64(minute % 64) }

  var complement: WeekSet {
    var complement = self
    for index in words.indices { complement.words[index] = ~words[index] }
    let unused = words.count * 64 - Self.minutes
    complement.words[words.count - 1] &= ~UInt64(0) >> UInt64(unused)
    return complement
  }

  var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

  func contains(_ minute: Int) -> Bool { words[minute / 64] & 1 << UInt64(minute % 64) != 0 }

  func isDisjoint(with set: WeekSet) -> Bool { zip(words, set.words).allSatisfy { $0 & $1 == 0 } }

  func isSubset(of set: WeekSet) -> Bool { zip(words, set.words).allSatisfy { $0 & ~$1 == 0 } }

  mutating func formIntersection(_ set: WeekSet) {
    for index in words.indices { words[index] &= set.words[index] }
  }
}
