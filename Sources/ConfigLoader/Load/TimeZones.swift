import Foundation
import RuleEngine

/// Time zones as tables, each made once.
///
/// Foundation as a whole, because `FoundationEssentials` knows no zone but GMT.
struct TimeZones: Sendable {
  /// The names that zones are known by.
  static let known = TimeZone.knownTimeZoneIdentifiers + ["UTC"]

  /// The zone of a `time` that names none.
  private(set) lazy var machine = anyTable(machineZone) ?? TimeZoneTable(name: "UTC", changes: [])

  private let machineZone: String
  private let seconds: Int64
  private var tables: [String: TimeZoneTable] = [:]

  /// - Parameters:
  ///   - machineZone: the name of the machine's zone; nil asks the machine.
  ///   - now: milliseconds since 1970 (UTC), around which the tables are made.
  init(machineZone: String?, now: Int64) {
    self.machineZone = machineZone ?? TimeZone.current.identifier
    seconds = now / 1_000
  }

  /// The names of IANA's database without an area. Foundation also knows abbreviations, of which some stand for several
  /// zones, and offsets, whose signs are read in two ways.
  private static let withoutArea: Set<String> = [
    "CET", "CST6CDT", "Cuba", "EET", "EST", "EST5EDT", "Egypt", "Eire", "GB", "GB-Eire", "GMT", "GMT+0", "GMT-0",
    "GMT0", "Greenwich", "HST", "Hongkong", "Iceland", "Iran", "Israel", "Jamaica", "Japan", "Kwajalein", "Libya",
    "MET", "MST", "MST7MDT", "NZ", "NZ-CHAT", "Navajo", "PRC", "PST8PDT", "Poland", "Portugal", "ROC", "ROK",
    "Singapore", "Turkey", "UCT", "UTC", "Universal", "W-SU", "WET", "Zulu",
  ]

  /// A zone by its IANA name, or nil where there is none of that name.
  mutating func table(_ name: String) -> TimeZoneTable? {
    if let table = tables[name] { return table }
    return name.contains("/") || Self.withoutArea.contains(name) ? anyTable(name) : nil
  }

  private mutating func anyTable(_ name: String) -> TimeZoneTable? {
    guard let zone = TimeZone(identifier: name) else { return nil }
    let table = TimeZoneTable(name: name, changes: changes(of: zone))
    tables[name] = table
    return table
  }

  /// The offsets of the years around now. A week at a time, because no offset lasts less; Foundation's own search for
  /// changes finds daylight saving only.
  private func changes(of zone: TimeZone) -> [TimeZoneTable.Change] {
    let year: Int64 = 31_556_952
    let week: Int64 = 7 * 86_400
    func offset(_ moment: Int64) -> Int {
      zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(moment)))
    }
    var moment = seconds - Int64(Limits.zoneYearsBefore) * year
    let end = seconds + Int64(Limits.zoneYearsAfter) * year
    var changes = [TimeZoneTable.Change(at: moment, offset: offset(moment))]
    while moment < end {
      let next = moment + week
      let new = offset(next)
      if new != changes[changes.count - 1].offset {
        var before = moment
        var after = next
        while after - before > 1 {
          let middle = before + (after - before) / 2
          if offset(middle) == new { after = middle } else { before = middle }
        }
        changes.append(TimeZoneTable.Change(at: after, offset: new))
      }
      moment = next
    }
    return changes
  }
}
