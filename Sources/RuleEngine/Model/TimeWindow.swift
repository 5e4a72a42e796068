/// Days and hours of a week, in a time zone.
public struct TimeWindow: Sendable, Equatable {
  /// The days; nil is every day. Hours that cross midnight belong to the day on which they begin.
  public var days: Set<Weekday>?
  /// The hours: any of these; nil is the whole day.
  public var hours: [HourRange]?
  /// Whose clock.
  public var zone: TimeZoneTable

  /// States a window.
  public init(days: Set<Weekday>? = nil, hours: [HourRange]? = nil, zone: TimeZoneTable) {
    self.days = days
    self.hours = hours
    self.zone = zone
  }
}

/// A day of the week, from Monday, 0.
public enum Weekday: Int, Sendable, CaseIterable {
  case mon, tue, wed, thu, fri, sat, sun
}

/// A part of a day, in minutes since midnight; it crosses midnight where `end` is not after `start`.
public struct HourRange: Sendable, Equatable {
  /// The first minute of the range, 0 to 1439.
  public var start: Int
  /// The minute after its last, 1 to 1440.
  public var end: Int

  /// States a range.
  public init(start: Int, end: Int) {
    self.start = start
    self.end = end
  }
}

/// A time zone as a table: its offset from UTC, from each moment at which it changes.
public struct TimeZoneTable: Sendable, Equatable {
  /// The zone's IANA name.
  public var name: String
  /// The changes in order; the first holds for all earlier moments as well, the last for all later ones.
  public var changes: [Change]

  /// From a moment on, an offset.
  public struct Change: Sendable, Equatable {
    /// The moment, in seconds since 1970 (UTC).
    public var at: Int64
    /// Seconds to add to UTC.
    public var offset: Int

    /// States a change.
    public init(at: Int64, offset: Int) {
      self.at = at
      self.offset = offset
    }
  }

  /// Names a zone and its changes. Without any, it is UTC.
  public init(name: String, changes: [Change]) {
    self.name = name
    self.changes = changes
  }
}
