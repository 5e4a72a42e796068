/// The beginning of a stretch of time, as a user types it.
package enum Since {
  /// Milliseconds since 1970 (UTC) of `7d` (before `now`) or `2025-06-01T09:30:00Z`; nil where it is neither.
  package static func milliseconds(_ text: String, now: Int64) -> Int64? {
    text.seconds.map { now - Int64($0) * 1_000 } ?? Moment.milliseconds(text)
  }
}
