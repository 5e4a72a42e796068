import Transport

/// When a REST call is tried again, and after how long.
struct RetryPolicy: Sendable, Equatable {
  var attemptsMax = Limits.attemptsMax
  var backoff = Backoff.rest
  var serverWaitMax = Limits.serverWaitMax

  /// The wait before the next attempt, or nil to give up. Zero where the rate budget waits.
  ///
  /// A call fails at once where a repetition would fail for the same reason.
  func delay(
    after error: MattermostError, of repetition: APIRequest.Repetition, attempts: Int, random: Double
  ) -> Duration? {
    guard attempts < attemptsMax, repetition != .never else { return nil }
    guard repetition == .always || !error.mayHaveSucceeded else { return nil }
    let jitter = backoff.delay(afterFailures: attempts, random: random)
    switch error.code {
    case .tooManyRequests:
      return (error.retryAfter ?? .zero) <= serverWaitMax ? .zero : nil
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
    case .connectionRefused, .unreachable, .timedOut, .idle, .connectionLost, .noDescriptors: true
    default: false
    }
  }
}
