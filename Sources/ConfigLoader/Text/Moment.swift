import Core

/// Parses dates with times (RFC 3339, section 5.6), in which seconds are optional, and milliseconds since 1970.
enum Moment {
  /// The years 1 to 9999, the range of RFC 3339.
  private static let known: Range<Int64> = -62_135_596_800_000..<253_402_300_800_000

  /// Returns the milliseconds of `2025-06-01T09:30:00.250Z`, `2025-06-01T11:30+02:00` or `1748770200000`, or `nil` for
  /// any other text.
  static func milliseconds(_ text: String) -> Int64? {
    if text.isDecimal { return Int64(text).flatMap { known.contains($0) ? $0 : nil } }
    var digits = Digits(text)
    guard let year = digits.number(4, 1...9_999), digits.skip("-"), let month = digits.number(2, 1...12),
      digits.skip("-"),
      let day = digits.number(2, 1...CalendarDate.days(inMonth: month, of: year)), digits.skip("T") || digits.skip("t"),
      let hour = digits.number(2, 0...23), digits.skip(":"), let minute = digits.number(2, 0...59)
    else { return nil }
    var second = 0
    var thousandths = 0
    if digits.skip(":") {
      guard let number = digits.number(2, 0...59) else { return nil }
      second = number
      if digits.skip(".") {
        guard let number = digits.thousandths() else { return nil }
        thousandths = number
      }
    }
    guard let offset = digits.offset(), digits.isAtEnd else { return nil }
    let seconds =
      CalendarDate(year: year, month: month, day: day).daysSince1970 * 86_400 + hour * 3_600 + minute * 60 + second
      - offset
    return Int64(seconds) * 1_000 + Int64(thousandths)
  }

  private struct Digits {
    private var rest: Substring

    init(_ text: String) { rest = text[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(_ mark: Character) -> Bool {
      guard rest.first == mark else { return false }
      rest.removeFirst()
      return true
    }

    mutating func number(_ count: Int, _ range: ClosedRange<Int> = 0...9_999) -> Int? {
      let digits = rest.prefix(count)
      guard digits.count == count, digits.isDecimal, digits.first?.isNumber == true, let number = Int(digits),
        range.contains(number)
      else { return nil }
      rest = rest.dropFirst(count)
      return number
    }

    mutating func thousandths() -> Int? {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      guard (1...9).contains(digits.count) else { return nil }
      rest = rest.dropFirst(digits.count)
      return Int((digits + "00").prefix(3))
    }

    /// Seconds east of UTC.
    mutating func offset() -> Int? {
      if skip("Z") || skip("z") { return 0 }
      let sign = rest.first == "-" ? -1 : 1
      guard skip("+") || skip("-"), let hours = number(2, 0...23), skip(":"), let minutes = number(2, 0...59) else {
        return nil
      }
      return sign * (hours * 3_600 + minutes * 60)
    }
  }
}
