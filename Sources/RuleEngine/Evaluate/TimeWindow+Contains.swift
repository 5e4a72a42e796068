extension TimeWindow {
  /// Whether a moment, in milliseconds since 1970 (UTC), lies in the window.
  func contains(milliseconds: Int64) -> Bool {
    let local = zone.localSeconds(at: floorDivide(milliseconds, by: 1_000).quotient)
    let (day, secondOfDay) = floorDivide(local, by: 86_400)
    let minute = Int(secondOfDay / 60)
    let weekday = weekday(ofDay: day)
    guard let hours else { return allows(weekday) }
    return hours.contains { range in
      if range.start < range.end { return range.start..<range.end ~= minute && allows(weekday) }
      // It crosses midnight: its late part belongs to this day, its early part to the day before.
      return minute >= range.start && allows(weekday) || minute < range.end && allows(self.weekday(ofDay: day - 1))
    }
  }

  private func allows(_ weekday: Weekday?) -> Bool {
    guard let days, let weekday else { return true }
    return days.contains(weekday)
  }

  /// Day 0, 1 January 1970, was a Thursday.
  private func weekday(ofDay day: Int64) -> Weekday? {
    Weekday(rawValue: Int(floorDivide(day + 3, by: 7).remainder))
  }
}

extension TimeZoneTable {
  /// The zone's wall clock at a moment, both in seconds since 1970.
  func localSeconds(at seconds: Int64) -> Int64 {
    var low = 0
    var high = changes.count
    while low < high {
      let middle = (low + high) / 2
      if changes[middle].at <= seconds { low = middle + 1 } else { high = middle }
    }
    let inForce = low > 0 ? changes[low - 1] : changes.first
    return seconds &+ Int64(inForce?.offset ?? 0)
  }
}

/// Division that rounds down, also before 1970.
private func floorDivide(_ value: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
  let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
  return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
}
