extension TimeWindow {
  /// The days as a rules file writes them: `mon-fri`, `sun`; empty where every day will do.
  package var dayWords: [String] {
    guard let days else { return [] }
    var spans: [ClosedRange<Int>] = []
    for day in Weekday.allCases where days.contains(day) {
      if let last = spans.last, last.upperBound == day.rawValue - 1 {
        spans[spans.count - 1] = last.lowerBound...day.rawValue
      } else {
        spans.append(day.rawValue...day.rawValue)
      }
    }
    return spans.map { span in
      let ends = [span.lowerBound, span.upperBound].compactMap { Weekday(rawValue: $0).map { "\($0)" } }
      return span.count == 1 ? ends[0] : ends.joined(separator: "-")
    }
  }

  /// The hours as a rules file writes them: `08:00-18:00`; empty where the whole day will do.
  package var hourWords: [String] { (hours ?? []).map { "\(clock($0.start))-\(clock($0.end))" } }

  /// All of it in one text: `mon-fri 08:00-18:00 Europe/Berlin`.
  var words: String {
    [dayWords, hourWords].filter { !$0.isEmpty }.map { $0.joined(separator: ", ") }.joined(separator: " ")
      + " \(zone.name)"
  }

  /// A moment on the window's clock: `sun 15:06`.
  func words(at milliseconds: Int64) -> String {
    let seconds = zone.localSeconds(at: milliseconds.floorDivided(by: 1_000))
    let day = seconds.floorDivided(by: 86_400)
    // Day 0, 1 January 1970, was a Thursday.
    let weekday = Weekday(rawValue: Int((day &+ 3) &- (day &+ 3).floorDivided(by: 7) * 7))
    return "\(weekday.map { "\($0) " } ?? "")\(clock(Int((seconds &- day * 86_400) / 60)))"
  }

  private func clock(_ minutes: Int) -> String {
    let (hour, minute) = minutes.quotientAndRemainder(dividingBy: 60)
    return (hour < 10 ? "0" : "") + "\(hour):" + (minute < 10 ? "0" : "") + "\(minute)"
  }
}

extension Int64 {
  /// Division that rounds down, also before 1970.
  func floorDivided(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
