import Foundation
import RuleEngine

extension TimeZoneTable {
  /// A zone whose clocks go forward by half an hour, so that offsets rounded to hours are wrong.
  static let lordHowe = TimeZoneTable(tabulating: "Australia/Lord_Howe", from: -200_000_000, to: 2_100_000_000)

  init(tabulating name: String, from start: Int64, to end: Int64) {
    guard let zone = TimeZone(identifier: name) else { preconditionFailure("no such zone: \(name)") }
    var moment = Date(timeIntervalSince1970: Double(start))
    var changes = [Change(at: start, offset: zone.secondsFromGMT(for: moment))]
    while let next = zone.nextDaylightSavingTimeTransition(after: moment), next.timeIntervalSince1970 < Double(end) {
      changes.append(Change(at: Int64(next.timeIntervalSince1970), offset: zone.secondsFromGMT(for: next)))
      moment = next
    }
    self.init(name: name, changes: changes)
  }
}
