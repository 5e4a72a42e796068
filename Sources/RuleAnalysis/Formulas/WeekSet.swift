import RuleEngine

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
