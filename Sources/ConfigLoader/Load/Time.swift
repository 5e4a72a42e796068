import RuleEngine

extension Values {
  static let time: ValueReader<TimeWindow> = ValueReader(type: .section("time")) { node, key, reader in
    let errors = reader.diagnostics.errors
    guard let fields = reader.fields(node, as: Schema.Time.section, key) else { return nil }
    let (days, hours) = (reader.value(Schema.Time.days, in: fields), reader.value(Schema.Time.hours, in: fields))
    if fields[Schema.Time.zone] != nil {
      return reader.value(Schema.Time.zone, in: fields).map { TimeWindow(days: days, hours: hours, zone: $0) }
    }
    do throws(TimeZoneError) {
      let zone = try reader.zones.ofMachine()
      if let hours = fields[Schema.Time.hours], reader.diagnostics.errors == errors {
        reader.diagnostics.add(.noZone(zone.name, at: hours.value.span))
      }
      return TimeWindow(days: days, hours: hours, zone: zone)
    } catch {
      reader.diagnostics.add(.zoneNotRead(nil, error, at: fields.head))
      return nil
    }
  }

  static let days = oneOrMany(
    ValueReader<Set<Weekday>>(type: .days) { node, key, reader in
      guard let text = reader.read(text(as: .days), node, key) else { return nil }
      guard let days = Weekday.days(text) else {
        reader.diagnostics.add(.badDay(text, at: node.span))
        return nil
      }
      return days
    }
  ).map { $0.reduce(into: Set<Weekday>()) { $0.formUnion($1) } }

  static let hours = oneOrMany(
    ValueReader<HourRange>(type: .hours) { node, key, reader in
      guard let text = reader.read(text(as: .hours), node, key) else { return nil }
      guard let range = HourRange(text) else {
        reader.diagnostics.add(.badHours(text, at: node.span))
        return nil
      }
      return range
    })

  static let zone: ValueReader<TimeZoneTable> = ValueReader(type: .zone) { node, key, reader in
    guard let text = reader.read(text(as: .zone), node, key) else { return nil }
    do throws(TimeZoneError) {
      return try reader.zones.table(text)
    } catch {
      if error == .unknown {
        let city = "/" + text.withPlainMarks.replacing(" ", with: "_").lowercased()
        let nearest =
          reader.zones.names.first { $0.lowercased().hasSuffix(city) }
          ?? reader.nearest(to: text, among: reader.zones.names)
        reader.diagnostics.add(.badZone(text, nearest: nearest, at: node.span))
      } else {
        reader.diagnostics.add(.zoneNotRead(text, error, at: node.span))
      }
      return nil
    }
  }
}

extension Weekday {
  /// Reads a day, `sat`, or a range of days, `fri-mon`.
  fileprivate static func days(_ text: String) -> Set<Weekday>? {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { end in
      allCases.first { "\($0)" == end.lowercased() }
    }
    guard let first = ends.first, let first, let last = ends.last, let last, ends.count <= 2 else { return nil }
    let count = (last.rawValue - first.rawValue + 7) % 7
    return Set((0...count).compactMap { Weekday(rawValue: (first.rawValue + $0) % 7) })
  }
}

extension HourRange {
  /// Reads a range of hours, such as `22:00-06:00`.
  fileprivate init?(_ text: String) {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count == 2, let start = Self.minute(ends[0]), let end = Self.minute(ends[1]) else { return nil }
    // An interval from a minute to itself is ambiguous: nothing, or the whole day.
    guard start < 1440, end > 0, start != end else {
      guard start < 1440, end == 0, start != 0 else { return nil }
      self.init(start: start, end: 1440)
      return
    }
    self.init(start: start, end: end)
  }

  private static func minute(_ text: Substring) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, (1...2).contains(parts[0].count), parts[1].count == 2,
      parts.allSatisfy({ $0.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 } }),
      let hour = Int(parts[0]), let minute = Int(parts[1]), minute < 60, hour * 60 + minute <= 1440
    else { return nil }
    return hour * 60 + minute
  }
}

extension Values {
  /// Reads a moment, in milliseconds since 1970 (UTC).
  static let moment: ValueReader<Int64> = ValueReader(type: .moment) { node, key, reader in
    guard let text = reader.read(text(as: .moment), node, key) else { return nil }
    guard let moment = Moment.milliseconds(text) else {
      reader.diagnostics.add(.badMoment(text, at: node.span))
      return nil
    }
    return moment
  }
}

/// The start of a period, as a user types it.
package enum Since {
  /// Returns the milliseconds since 1970 (UTC) of `7d` (before `now`) or `2025-06-01T09:30:00Z`; `nil` if it is
  /// neither.
  package static func milliseconds(_ text: String, now: Int64) -> Int64? {
    text.seconds.map { now - Int64($0) * 1_000 } ?? Moment.milliseconds(text)
  }
}
