/// How long to wait before trying again: exponential, with full jitter, so that many clients of a server that comes
/// back do not all return at once.
struct Backoff: Sendable, Equatable {
  /// The bound of the first wait; each further one is twice the one before.
  var first: Duration
  /// The bound of every wait.
  var longest: Duration

  /// The wait after so many failures in a row (from 1), for a random number from 0 up to 1.
  func delay(afterFailures failures: Int, random: Double) -> Duration {
    bound(afterFailures: failures) * random
  }

  /// What the wait after so many failures in a row stays below.
  func bound(afterFailures failures: Int) -> Duration {
    var bound = first
    var left = failures
    while left > 1, bound < longest {
      bound *= 2
      left -= 1
    }
    return min(bound, longest)
  }

  /// For the event socket: up to 1 second, 2, 4 … up to a minute.
  static let reconnect = Backoff(first: .seconds(1), longest: .seconds(60))

  /// For REST calls: up to half a second, 1, 2 … up to 4 seconds.
  static let rest = Backoff(first: .milliseconds(500), longest: .seconds(4))
}
