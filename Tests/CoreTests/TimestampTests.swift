import Foundation
import Testing

@testable import Core

@Suite("Timestamp")
struct TimestampTests {
  private static let moments: [(Int64, String)] = [
    (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"), (1_748_770_200_250, "2025-06-01T09:30:00.250Z"),
    (951_782_400_000, "2000-02-29T00:00:00.000Z"), (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
    (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
  ]

  @Test(arguments: moments)
  func `a moment is written as RFC 3339 has it`(milliseconds: Int64, text: String) {
    let moment = Timestamp(milliseconds: milliseconds)
    #expect(moment.rfc3339WithMilliseconds == text)
    #expect(moment.rfc3339 == text.prefix(19) + "Z")
    #expect(moment.toTheMinute == "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC")
  }

  @Test(arguments: [Int64.min, -62_167_219_200_001, 253_402_300_800_000, .max])
  func `a moment outside the years 0 to 9999 is written as its milliseconds`(milliseconds: Int64) {
    let moment = Timestamp(milliseconds: milliseconds)
    #expect(
      [moment.rfc3339, moment.rfc3339WithMilliseconds, moment.toTheMinute, moment.httpDate].allSatisfy {
        $0 == "\(milliseconds)"
      })
  }

  @Test func `an HTTP date has the form of RFC 9110`() {
    #expect(Timestamp(milliseconds: 1_795_351_683_000).httpDate == "Sun, 22 Nov 2026 12:48:03 GMT")
    #expect(Timestamp(milliseconds: 784_111_777_000).httpDate == "Sun, 06 Nov 1994 08:49:37 GMT")
    #expect(Timestamp(milliseconds: -1).httpDate == "Wed, 31 Dec 1969 23:59:59 GMT")
  }

  @Test func `a date is rounded to milliseconds`() {
    #expect(Timestamp(Date(timeIntervalSince1970: 1.2346)).milliseconds == 1_235)
  }

  @Test func `a local time has month, day and time of day`() throws {
    #expect(try /\d\d-\d\d \d\d:\d\d:\d\d/.wholeMatch(in: Timestamp(milliseconds: 1_748_770_200_250).local) != nil)
    #expect(Timestamp(milliseconds: .max).local == "\(Int64.max)")
  }

  @Test func `every day of four centuries has a date that leads back to it`() {
    var previous = CalendarDate(daysSince1970: -150_001)
    for day in -150_000..<150_000 {
      let date = CalendarDate(daysSince1970: day)
      guard date.daysSince1970 == day else {
        Issue.record("\(date) is not day \(day)")
        return
      }
      let isNext =
        date.day == previous.day + 1
        || date.day == 1 && previous.day == CalendarDate.days(inMonth: previous.month, of: previous.year)
      if !isNext { Issue.record("\(date) does not follow \(previous)") }
      previous = date
    }
    #expect(CalendarDate(daysSince1970: CalendarDate.daysMin) == CalendarDate(year: 0, month: 1, day: 1))
    #expect(CalendarDate(daysSince1970: CalendarDate.daysMax) == CalendarDate(year: 9_999, month: 12, day: 31))
  }
}
