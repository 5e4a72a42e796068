import Core
import RuleEngine

/// The rule for all future changes of a zone: `CET-1CEST,M3.5.0,M10.5.0/3`, in the format of the variable `TZ`
/// (POSIX.1-2017, 8.3), with times from -167 to 167 hours (RFC 9636, section 3.3.2).
struct POSIXTimeZoneRule {
  /// The standard offset, in seconds east of UTC.
  let standard: Int
  private let daylight: Daylight?

  /// Daylight saving time. Its offset may be smaller than the standard one, as in Ireland's winter.
  fileprivate struct Daylight {
    /// Seconds east of UTC.
    var offset: Int
    /// The local times of its start and end, by the offset before each.
    var start: YearlyTime
    var end: YearlyTime
  }

  /// A time of each year.
  fileprivate struct YearlyTime {
    var day: Day
    /// Seconds after midnight.
    var seconds: Int
  }

  fileprivate enum Day {
    /// 1 to 365, without 29 February: 60 is always 1 March.
    case withoutLeapDay(Int)
    /// 0 to 365, with 29 February.
    case ofYear(Int)
    /// The first to fourth, or with 5 the last, of a weekday of a month; Sunday is 0.
    case weekday(month: Int, week: Int, weekday: Int)
  }

  /// Parses a rule, or returns `nil` if it is malformed.
  init?(_ text: ArraySlice<UInt8>) {
    var letters = Letters(rest: text)
    guard letters.skipName(), let west = letters.time(hours: 24) else { return nil }
    standard = -west
    guard !letters.rest.isEmpty else {
      daylight = nil
      return
    }
    guard letters.skipName() else { return nil }
    var offset = standard + 3_600
    if letters.rest.first != UInt8(ascii: ",") {
      guard let west = letters.time(hours: 24) else { return nil }
      offset = -west
    }
    guard letters.skip(","), let start = letters.yearlyTime(), letters.skip(","), let end = letters.yearlyTime(),
      letters.rest.isEmpty
    else { return nil }
    daylight = Daylight(offset: offset, start: start, end: end)
  }

  /// Returns the changes of some years in order, two a year.
  func changes(in years: ClosedRange<Int>) -> [TimeZoneTable.Change] {
    guard let daylight else { return [] }
    let changes = years.flatMap { year in
      let start = TimeZoneTable.Change(
        at: Int64(daylight.start.secondsSince1970(in: year) - standard), offset: daylight.offset)
      let end = TimeZoneTable.Change(
        at: Int64(daylight.end.secondsSince1970(in: year) - daylight.offset), offset: standard)
      return start.at <= end.at ? [start, end] : [end, start]
    }
    // Of two changes at the same time the later wins: permanent daylight saving time ends when the next year's begins.
    return changes.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
  }
}

extension POSIXTimeZoneRule.YearlyTime {
  /// Returns the time as if it were in UTC.
  fileprivate func secondsSince1970(in year: Int) -> Int { day.since1970(in: year) * 86_400 + seconds }
}

extension POSIXTimeZoneRule.Day {
  fileprivate func since1970(in year: Int) -> Int {
    switch self {
    case .withoutLeapDay(let number):
      let followsLeapDay = number >= 60 && CalendarDate.days(inMonth: 2, of: year) == 29
      return CalendarDate(year: year, month: 1, day: 1).daysSince1970 + number - (followsLeapDay ? 0 : 1)
    case .ofYear(let number):
      return CalendarDate(year: year, month: 1, day: 1).daysSince1970 + number
    case .weekday(let month, let week, let weekday):
      let first = CalendarDate(year: year, month: month, day: 1).daysSince1970
      // Day 0, 1 January 1970, was a Thursday.
      let day = (weekday - (first + 4) % 7 + 7) % 7 + (week - 1) * 7
      return first + (day < CalendarDate.days(inMonth: month, of: year) ? day : day - 7)
    }
  }
}

/// The unread text of a rule.
private struct Letters {
  var rest: ArraySlice<UInt8>

  mutating func skip(_ letter: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: letter) else { return false }
    rest = rest.dropFirst()
    return true
  }

  /// Skips an abbreviation: three letters or more, or between `<` and `>` also digits and signs.
  mutating func skipName() -> Bool {
    let isQuoted = skip("<")
    let name = rest.prefix { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"): isQuoted
      default: false
      }
    }
    rest = rest.dropFirst(name.count)
    return name.count >= 3 && (!isQuoted || skip(">"))
  }

  mutating func number(_ range: ClosedRange<Int>) -> Int? {
    let digits = rest.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    guard (1...3).contains(digits.count) else { return nil }
    let number = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    rest = rest.dropFirst(digits.count)
    return range.contains(number) ? number : nil
  }

  /// Reads a time like `2`, `-1:30` or `26:00:00`, in seconds.
  mutating func time(hours: Int) -> Int? {
    let isNegative = skip("-")
    if !isNegative { _ = skip("+") }
    guard var seconds = number(0...hours).map({ $0 * 3_600 }) else { return nil }
    for unit in [60, 1] where skip(":") {
      guard let number = number(0...59) else { return nil }
      seconds += number * unit
    }
    return isNegative ? -seconds : seconds
  }

  /// Reads a day with a time, like `M3.5.0/2`, `J60` or `59/-1`; the default is 02:00.
  mutating func yearlyTime() -> POSIXTimeZoneRule.YearlyTime? {
    guard let day = day() else { return nil }
    guard skip("/") else { return POSIXTimeZoneRule.YearlyTime(day: day, seconds: 7_200) }
    return time(hours: 167).map { POSIXTimeZoneRule.YearlyTime(day: day, seconds: $0) }
  }

  private mutating func day() -> POSIXTimeZoneRule.Day? {
    if skip("J") { return number(1...365).map { .withoutLeapDay($0) } }
    guard skip("M") else { return number(0...365).map { .ofYear($0) } }
    guard let month = number(1...12), skip("."), let week = number(1...5), skip("."), let weekday = number(0...6)
    else { return nil }
    return .weekday(month: month, week: week, weekday: weekday)
  }
}
