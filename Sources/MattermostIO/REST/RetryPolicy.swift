import Transport

/// Decides whether and when a failed REST request is sent again.
struct RetryPolicy: Sendable, Equatable {
  var attemptsMax = Limits.attemptsMax
  var backoff = Backoff.rest
  var serverWaitMax = Limits.serverWaitMax

  /// Returns the delay before the next attempt, or `nil` to give up: the request then fails with this error.
  ///
  /// The delay is zero after a refusal for the rate, because the rate limiter waits.
  func delay(
    after error: MattermostError, of retries: APIRequest.Retries, attempts: Int,
    using generator: inout some RandomNumberGenerator
  ) -> Duration? {
    guard attempts < attemptsMax, retries != .never else { return nil }
    guard retries == .always || !error.mayHaveSucceeded else { return nil }
    switch error.code {
    case .tooManyRequests:
      return (error.retryAfter ?? .zero) <= serverWaitMax ? .zero : nil
    case .transport where error.transport?.code.isTemporary != true: return nil
    case .serverFailed, .transport:
      return backoff.delay(afterFailures: attempts, using: &generator)
    default:
      return nil
    }
  }
}

/// Exponential backoff with full jitter, so that the clients of a server that restarts do not all return at once.
///
/// See <https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/>.
struct Backoff: Sendable, Equatable {
  /// The upper bound of the first delay; each further one is twice the previous.
  var first: Duration
  /// The upper bound of every delay.
  var longest: Duration

  /// Returns a random delay up to the bound, after a number of consecutive failures from 1.
  func delay(afterFailures failures: Int, using generator: inout some RandomNumberGenerator) -> Duration {
    bound(afterFailures: failures) * Double.random(in: 0..<1, using: &generator)
  }

  func bound(afterFailures failures: Int) -> Duration {
    var bound = first
    var left = failures
    while left > 1, bound < longest {
      bound *= 2
      left -= 1
    }
    return min(bound, longest)
  }

  /// Of the event socket: up to 1 second, 2, 4 … up to a minute.
  static let reconnect = Backoff(first: .seconds(1), longest: .seconds(60))

  /// Of REST requests: up to half a second, 1, 2 … up to 4 seconds.
  static let rest = Backoff(first: .milliseconds(500), longest: .seconds(4))
}
