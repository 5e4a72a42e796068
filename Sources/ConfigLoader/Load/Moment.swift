extension Values {
  /// A moment in milliseconds since 1970 (UTC).
  static let moment: ValueReader<Int64> = ValueReader(type: .moment) { node, key, reader in
    guard let text = reader.read(text(as: .moment), node, key) else { return nil }
    guard let moment = Moment.milliseconds(text) else {
      reader.findings.add(.badMoment(text, at: node.span))
      return nil
    }
    return moment
  }
}

/// Moments as RFC 3339, section 5.6, writes them; seconds may be left out. A number is milliseconds since 1970.
enum Moment {
  /// The years 1 to 9999, which is all that RFC 3339 can write.
  private static let known: Range<Int64> = -62_135_596_800_000..<253_402_300_800_000

  /// `2025-06-01T09:30:00.250Z`, `2025-06-01T11:30+02:00`, `1748770200000`; nil where it is no such text.
  static func milliseconds(_ text: String) -> Int64? {
    if text.isDecimal { return Int64(text).flatMap { known.contains($0) ? $0 : nil } }
    var digits = Digits(text)
    guard let year = digits.number(4, 1...9_999), digits.skip("-"), let month = digits.number(2, 1...12),
      digits.skip("-"),
      let day = digits.number(2, 1...daysIn(month: month, of: year)), digits.skip("T") || digits.skip("t"),
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
    let seconds = days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - offset
    return Int64(seconds) * 1_000 + Int64(thousandths)
  }

  /// The moment as people read it, in UTC: `2025-06-01 09:30`. What is none that they know is shown as it is.
  static func text(_ milliseconds: Int64) -> String {
    guard known.contains(milliseconds) else { return "\(milliseconds) ms after 1970" }
    // Floors, also before 1970; the year is counted from March, so that the leap day comes last.
    let minutes = Int(milliseconds / 60_000) - (milliseconds % 60_000 < 0 ? 1 : 0)
    let day = minutes / 1_440 - (minutes % 1_440 < 0 ? 1 : 0)
    var year = 1970 + day / 366
    while days(year, 1, 1) > day { year -= 1 }
    while days(year + 1, 1, 1) <= day { year += 1 }
    let month = (1...12).last { days(year, $0, 1) <= day } ?? 1
    func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
    let minute = minutes - day * 1_440
    return "\(year)-\(two(month))-\(two(day - days(year, month, 1) + 1)) \(two(minute / 60)):\(two(minute % 60)) UTC"
  }

  static func daysIn(month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days since 1970 in the Gregorian calendar, by counting years from March, so that the leap day comes last.
  static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let year = month > 2 ? year : year - 1
    let months = (month + 9) % 12
    return 365 * year + year / 4 - year / 100 + year / 400 + (153 * months + 2) / 5 + day - 1 - 719_468
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
