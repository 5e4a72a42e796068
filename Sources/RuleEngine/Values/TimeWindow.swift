import Core

/// Days and hours of a week in a time zone.
package struct TimeWindow: Sendable, Equatable {
  /// The days; `nil` for every day. Hours that cross midnight belong to the day on which they begin.
  package var days: Set<Weekday>?
  /// The ranges of hours; `nil` for the whole day.
  package var hours: [HourRange]?
  package var zone: TimeZoneTable

  package init(days: Set<Weekday>? = nil, hours: [HourRange]? = nil, zone: TimeZoneTable) {
    self.days = days
    self.hours = hours
    self.zone = zone
  }
}

/// A day of the week, from Monday, 0.
package enum Weekday: Int, Sendable, CaseIterable {
  case mon, tue, wed, thu, fri, sat, sun
}

/// A part of a day, in minutes since midnight; it crosses midnight if `end` is not after `start`.
package struct HourRange: Sendable, Equatable {
  /// The first minute of the range, 0 to 1439.
  package var start: Int
  /// The minute after the last one, 1 to 1440.
  package var end: Int

  package init(start: Int, end: Int) {
    self.start = start
    self.end = end
  }
}

/// A time zone as a table: its offset from UTC, from each moment at which it changes.
package struct TimeZoneTable: Sendable, Equatable {
  /// The zone's IANA name.
  package var name: String
  /// The changes in order; the first holds for all earlier moments as well, the last for all later ones.
  package var changes: [Change]

  /// An offset from a moment on.
  package struct Change: Sendable, Equatable {
    /// The moment, in seconds since 1970 (UTC).
    package var at: Int64
    /// Seconds to add to UTC.
    package var offset: Int

    package init(at: Int64, offset: Int) {
      self.at = at
      self.offset = offset
    }
  }

  /// Creates a zone. Without changes, it is UTC.
  package init(name: String, changes: [Change]) {
    self.name = name
    self.changes = changes
  }
}

extension TimeWindow {
  /// Returns whether a moment, in milliseconds since 1970 (UTC), is in the window.
  package func contains(milliseconds: Int64) -> Bool {
    let local = zone.localSeconds(at: milliseconds.dividedByFloor(1_000).quotient)
    let (day, second) = local.dividedByFloor(86_400)
    let minute = Int(second / 60)
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
    Weekday(rawValue: Int((day &+ 3).dividedByFloor(7).remainder))
  }
}

extension TimeZoneTable {
  /// Returns the zone's wall clock at a moment, both in seconds since 1970.
  package func localSeconds(at seconds: Int64) -> Int64 {
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

extension TimeWindow {
  /// The days as a rules file writes them: `mon-fri`, `sun`; empty if every day is in the window.
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

  /// The hours as a rules file writes them: `08:00-18:00`; empty if the whole day is in the window.
  package var hourWords: [String] { (hours ?? []).map { "\(clock($0.start))-\(clock($0.end))" } }

  /// The window as one text: `mon-fri 08:00-18:00 Europe/Berlin`.
  var words: String {
    [dayWords, hourWords].filter { !$0.isEmpty }.map { $0.joined(separator: ", ") }.joined(separator: " ")
      + " \(zone.name)"
  }

  /// Returns a moment on the window's clock: `sun 15:06`.
  package func words(at milliseconds: Int64) -> String {
    let (day, second) = zone.localSeconds(at: milliseconds.dividedByFloor(1_000).quotient).dividedByFloor(86_400)
    let weekday = weekday(ofDay: day)
    return "\(weekday.map { "\($0) " } ?? "")\(clock(Int(second / 60)))"
  }

  private func clock(_ minutes: Int) -> String {
    let (hour, minute) = minutes.quotientAndRemainder(dividingBy: 60)
    return (hour < 10 ? "0" : "") + "\(hour):" + (minute < 10 ? "0" : "") + "\(minute)"
  }
}
