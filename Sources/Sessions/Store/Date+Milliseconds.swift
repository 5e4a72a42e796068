import Core
import FoundationEssentials

extension Date {
  /// Milliseconds since 1970 (UTC), as the store has times.
  var milliseconds: Int64 { Timestamp(self).milliseconds }

  init(milliseconds: Int64) { self.init(timeIntervalSince1970: Double(milliseconds) / 1_000) }
}
