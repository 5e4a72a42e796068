import Transport

/// When a REST call is tried again, and after how long.
struct RetryPolicy: Sendable, Equatable {
  var attemptsMax = Limits.attemptsMax
  var backoff = Backoff.rest
  var serverWaitMax = Limits.serverWaitMax

  /// The wait before the next attempt, or nil to give up.
  ///
  /// A call fails at once where a repetition would fail for the same reason.
  func delay(after error: MattermostError, attempts: Int, random: Double) -> Duration? {
    guard attempts < attemptsMax else { return nil }
    let jitter = backoff.delay(afterFailures: attempts, random: random)
    switch error.code {
    case .tooManyRequests:
      let wait = error.retryAfter ?? .seconds(1)
      return wait <= serverWaitMax ? wait + jitter : nil
    case .serverFailed:
      return jitter
    case .transport:
      return isPassing(error) ? jitter : nil
    default:
      return nil
    }
  }

  private func isPassing(_ error: MattermostError) -> Bool {
    switch error.transport?.code {
    case .connectionRefused, .unreachable, .timedOut, .idle, .connectionLost: true
    default: false
    }
  }
}
