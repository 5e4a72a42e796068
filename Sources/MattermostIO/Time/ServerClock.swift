package import FoundationEssentials
import Synchronization
import Transport

/// The server's clock, by which posts are dated, as far as its answers tell it in `Date`.
///
/// A header says whole seconds, and one alone may be a proxy's or absurd: what counts is the median of the latest. This
/// machine's clock is used as long as it agrees with that to the second; else the machine's monotonic clock goes on from
/// it, so that setting the other one changes nothing.
package final class ServerClock: Sendable {
  private let time: TimeAndChance
  private let origin: ContinuousClock.Instant
  /// Milliseconds since 1970 by the server's clock at `origin`, by each of the latest answers.
  private let origins = Mutex<[Int64]>([])

  init(time: TimeAndChance) {
    self.time = time
    origin = time.now()
  }

  /// The time now: this machine's, as long as the server has told no other.
  package var now: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1_000) }

  /// The time now in milliseconds since 1970 (UTC).
  package var milliseconds: Int64 { reading.milliseconds }

  /// The earliest that it may be now: whatever the server dates from here on is later.
  package var earliest: Date {
    let reading = reading
    let earliest = reading.isExact ? reading.milliseconds : reading.milliseconds - Limits.dateMillisecondsOff
    return Date(timeIntervalSince1970: Double(earliest) / 1_000)
  }

  /// The time now, and whether it is to the millisecond, as this machine's is.
  private var reading: (milliseconds: Int64, isExact: Bool) {
    let own = Int64(Date().timeIntervalSince1970 * 1_000)
    guard let median else { return (own, true) }
    let told = median + (time.now() - origin).milliseconds
    return abs(told - own) <= Limits.dateMillisecondsOff ? (own, true) : (told, false)
  }

  /// The seconds by which this machine's clock is ahead of the server's, or behind it if below 0; `nil` if the server has
  /// not told its time.
  package var secondsAhead: Int? {
    guard median != nil else { return nil }
    return Int((Date().timeIntervalSince1970 - now.timeIntervalSince1970).rounded())
  }

  /// Takes in the answer to a call that was sent at a moment and answered just now.
  func note(_ response: HTTPResponse, sent: ContinuousClock.Instant) {
    let received = time.now()
    // A cache says when it was told.
    guard response.isMattermosts, response.headers["Age"] == nil, let date = response.headers.date,
      Limits.datesBelieved.contains(date),
      received - sent <= Limits.dateDelayMax
    else { return }
    // The header was written between the two moments, and its fraction of a second cut off.
    let told = Int64(date) * 1_000 + 500 + (received - sent).milliseconds / 2
    let begun = told - (received - origin).milliseconds
    origins.withLock { origins in
      origins.append(begun)
      if origins.count > Limits.datesKept { origins.removeFirst() }
    }
  }

  private var median: Int64? {
    let latest = origins.withLock { $0.sorted() }
    return latest.isEmpty ? nil : latest[latest.count / 2]
  }
}

extension Duration {
  /// Whole milliseconds.
  fileprivate var milliseconds: Int64 { components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000 }
}
