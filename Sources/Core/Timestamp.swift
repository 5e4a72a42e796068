package import FoundationEssentials
import Glibc

/// A moment, in milliseconds since 1970 (UTC).
package struct Timestamp: Sendable, Hashable, Comparable {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  package var milliseconds: Int64

  /// Creates a timestamp from milliseconds since 1970 (UTC).
  package init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// Creates a timestamp from a date, rounded to milliseconds.
  package init(_ date: Date) { milliseconds = Int64((date.timeIntervalSince1970 * 1_000).rounded()) }

  /// The moment by this machine's clock.
  package static var now: Timestamp { Timestamp(Date()) }

  package static func < (one: Timestamp, other: Timestamp) -> Bool { one.milliseconds < other.milliseconds }
}

extension Timestamp {
  /// `2025-06-01T09:30:00Z` (RFC 3339). A moment outside the years 0 to 9999 cannot be written like this; it comes from
  /// a faulty record, and is shown as its milliseconds.
  package var rfc3339: String { fields.map { "\($0.date)T\($0.time)Z" } ?? String(milliseconds) }

  /// `2025-06-01T09:30:00.250Z` (RFC 3339); see `rfc3339` for moments that cannot be written like this.
  package var rfc3339WithMilliseconds: String {
    fields.map { "\($0.date)T\($0.time).\(padded($0.millisecond, to: 3))Z" } ?? String(milliseconds)
  }

  /// `2025-06-01 09:30 UTC`; see `rfc3339` for moments that cannot be written like this.
  package var toTheMinute: String { fields.map { "\($0.date) \($0.time.prefix(5)) UTC" } ?? String(milliseconds) }

  /// `Sun, 22 Nov 2026 12:48:03 GMT`, the form of the `Date` header (RFC 9110, section 5.6.7); see `rfc3339` for
  /// moments that cannot be written like this.
  package var httpDate: String {
    guard let fields else { return String(milliseconds) }
    let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let (date, weekday) = (fields.date, weekdays[fields.date.daysSince1970.dividedByFloor(7).remainder])
    let day = "\(padded(date.day, to: 2)) \(months[date.month - 1]) \(padded(date.year, to: 4))"
    return "\(weekday), \(day) \(fields.time) GMT"
  }

  /// `11-28 14:10:05` in this machine's time zone, for lists; see `rfc3339` for moments that cannot be written like
  /// this.
  package var local: String {
    var seconds = time_t(milliseconds.dividedByFloor(1_000).quotient)
    var parts = unsafe tm()
    guard fields != nil, unsafe localtime_r(&seconds, &parts) != nil else { return String(milliseconds) }
    let (month, day) = unsafe (Int(parts.tm_mon) + 1, Int(parts.tm_mday))
    let time = unsafe [parts.tm_hour, parts.tm_min, parts.tm_sec].map { padded(Int($0), to: 2) }
    return "\(padded(month, to: 2))-\(padded(day, to: 2)) \(time.joined(separator: ":"))"
  }

  /// The parts in UTC, or `nil` outside the years 0 to 9999.
  private var fields: (date: CalendarDate, time: String, millisecond: Int)? {
    let (days, millisecondOfDay) = milliseconds.dividedByFloor(86_400_000)
    guard (CalendarDate.daysMin...CalendarDate.daysMax).contains(Int(days)) else { return nil }
    let (second, millisecond) = Int(millisecondOfDay).quotientAndRemainder(dividingBy: 1_000)
    let time = [second / 3_600, second / 60 % 60, second % 60].map { padded($0, to: 2) }.joined(separator: ":")
    return (CalendarDate(daysSince1970: Int(days)), time, millisecond)
  }
}

/// A day of the Gregorian calendar, also before it was introduced.
package struct CalendarDate: Sendable, Equatable, CustomStringConvertible {
  package let year, month, day: Int

  /// The first day of the year 0 and the last day of the year 9999.
  package static let (daysMin, daysMax) = (-719_528, 2_932_896)

  package init(year: Int, month: Int, day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// Finds the date of a day.
  package init(daysSince1970 days: Int) {
    // 146,097 days are 400 years; the estimate is at most a year too late.
    var year = 1970 + (days * 400).dividedByFloor(146_097).quotient + 1
    while Self.days(year, 1, 1) > days { year -= 1 }
    var month = 12
    while Self.days(year, month, 1) > days { month -= 1 }
    self.init(year: year, month: month, day: days - Self.days(year, month, 1) + 1)
  }

  /// Days since 1970-01-01.
  package var daysSince1970: Int { Self.days(year, month, day) }

  /// `2025-06-01`.
  package var description: String { "\(padded(year, to: 4))-\(padded(month, to: 2))-\(padded(day, to: 2))" }

  /// Returns how many days a month has.
  package static func days(inMonth month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Counts years from March, so that the leap day comes last.
  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let year = month > 2 ? year : year - 1
    let months = (month + 9) % 12
    let leapDays =
      year.dividedByFloor(4).quotient - year.dividedByFloor(100).quotient + year.dividedByFloor(400).quotient
    return 365 * year + leapDays + (153 * months + 2) / 5 + day - 1 - 719_468
  }
}

extension BinaryInteger {
  /// Division that rounds down, also for negative numbers: the remainder is from 0 up to the divisor.
  ///
  /// Inlinable, because every decision on a `time` divides.
  @inlinable
  package func dividedByFloor(_ divisor: Self) -> (quotient: Self, remainder: Self) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}

private func padded(_ number: Int, to digits: Int) -> String {
  let text = String(number)
  return String(repeating: "0", count: max(0, digits - text.count)) + text
}
