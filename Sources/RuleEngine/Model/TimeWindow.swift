/// Days and hours of a week, in a time zone.
package struct TimeWindow: Sendable, Equatable {
  /// The days; nil is every day. Hours that cross midnight belong to the day on which they begin.
  package var days: Set<Weekday>?
  /// The hours: any of these; nil is the whole day.
  package var hours: [HourRange]?
  /// Whose clock.
  package var zone: TimeZoneTable

  /// States a window.
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

/// A part of a day, in minutes since midnight; it crosses midnight where `end` is not after `start`.
package struct HourRange: Sendable, Equatable {
  /// The first minute of the range, 0 to 1439.
  package var start: Int
  /// The minute after its last, 1 to 1440.
  package var end: Int

  /// States a range.
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

  /// From a moment on, an offset.
  package struct Change: Sendable, Equatable {
    /// The moment, in seconds since 1970 (UTC).
    package var at: Int64
    /// Seconds to add to UTC.
    package var offset: Int

    /// States a change.
    package init(at: Int64, offset: Int) {
      self.at = at
      self.offset = offset
    }
  }

  /// Names a zone and its changes. Without any, it is UTC.
  package init(name: String, changes: [Change]) {
    self.name = name
    self.changes = changes
  }
}
