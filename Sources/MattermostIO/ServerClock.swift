package import FoundationEssentials
import Synchronization
import Transport

/// The clock of the server, by which posts are dated, estimated from the `Date` headers of its responses.
///
/// A header has whole seconds, and a single one may be a proxy's or absurd, so the median of the latest counts. While
/// this machine's clock agrees with it to the second, that clock is used; otherwise the time is continued from the
/// median with the monotonic clock, so that setting this machine's clock changes nothing.
package final class ServerClock: Sendable {
  private let clock: any MonotonicClock
  private let origin: ContinuousClock.Instant
  /// The server's time at `origin`, in milliseconds since 1970 (UTC), according to each of the latest responses.
  private let origins = Mutex<[Int64]>([])

  init(clock: any MonotonicClock) {
    self.clock = clock
    origin = clock.now
  }

  /// The current time; this machine's until the server has reported another.
  package var now: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1_000) }

  /// The current time in milliseconds since 1970 (UTC).
  package var milliseconds: Int64 { reading.milliseconds }

  /// The earliest time that it may be now. Posts created from now on have a later date.
  package var earliest: Date {
    let reading = reading
    let earliest = reading.isExact ? reading.milliseconds : reading.milliseconds - Limits.dateMillisecondsOff
    return Date(timeIntervalSince1970: Double(earliest) / 1_000)
  }

  /// The seconds by which this machine's clock is ahead of the server's, negative if it is behind; `nil` if the server
  /// has not reported its time.
  package var secondsAhead: Int? {
    guard median != nil else { return nil }
    return Int((Date().timeIntervalSince1970 - now.timeIntervalSince1970).rounded())
  }

  /// Records the date of a response that has just arrived.
  func record(_ response: HTTPResponse, sent: ContinuousClock.Instant) {
    let received = clock.now
    // `Age` marks a response from a cache, whose date is old.
    guard response.isFromMattermost, response.headers["Age"] == nil, let date = response.headers.date,
      Limits.datesBelieved.contains(date),
      received - sent <= Limits.dateDelayMax
    else { return }
    // The server wrote the date between the two instants, and truncated it to seconds.
    let reported = Int64(date) * 1_000 + 500 + (received - sent).milliseconds / 2
    let atOrigin = reported - (received - origin).milliseconds
    origins.withLock { origins in
      origins.append(atOrigin)
      if origins.count > Limits.datesKept { origins.removeFirst() }
    }
  }

  /// The current time, and whether it is this machine's, which is exact to the millisecond.
  private var reading: (milliseconds: Int64, isExact: Bool) {
    let local = Int64(Date().timeIntervalSince1970 * 1_000)
    guard let median else { return (local, true) }
    let reported = median + (clock.now - origin).milliseconds
    return abs(reported - local) <= Limits.dateMillisecondsOff ? (local, true) : (reported, false)
  }

  private var median: Int64? {
    let latest = origins.withLock { $0.sorted() }
    return latest.isEmpty ? nil : latest[latest.count / 2]
  }
}

extension Duration {
  fileprivate var milliseconds: Int64 { components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000 }
}

/// A clock that never goes back. Tests replace the machine's by one that they move themselves.
protocol MonotonicClock: Clock where Instant == ContinuousClock.Instant {}

extension ContinuousClock: MonotonicClock {}

extension HTTPResponse {
  /// True if the response has headers of Mattermost, which a proxy's own page lacks.
  var isFromMattermost: Bool { headers["X-Version-Id"] != nil || headers["X-Request-Id"] != nil }
}
