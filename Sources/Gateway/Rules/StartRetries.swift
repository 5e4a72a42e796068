import Core
import Logging
import MattermostIO
import ServerLookup
import Transport

/// Decides whether and when a start that has failed is tried again, and reports why it waits.
struct StartRetries {
  let onUnauthorized: UnauthorizedPolicy
  let status: ServiceStatus
  /// Shows the reason on the terminal; `nil` writes it to the log.
  let show: (@Sendable (String) -> Void)?
  let logger: Logger

  private var rejections = 0
  private var outages = 0
  private var reported: MattermostError.Cause?

  init(
    onUnauthorized: UnauthorizedPolicy, status: ServiceStatus, show: (@Sendable (String) -> Void)?, logger: Logger
  ) {
    self.onUnauthorized = onUnauthorized
    self.status = status
    self.show = show
    self.logger = logger
  }

  /// Returns the pause before the next attempt, or `nil` if only a person can help.
  mutating func pause(after error: RulesResolutionError) -> Duration? {
    // A cancelled attempt is not an outage.
    guard case .lookup(.server(let failure)) = error, !Task.isCancelled else { return nil }
    let pause: Duration
    if failure.code == .unauthorized, onUnauthorized == .retry {
      rejections += 1
      pause = Limits.unauthorizedPause(after: rejections)
    } else if failure.isOutage {
      outages += 1
      let own = Duration.backoff(Limits.startPauseFirst, Limits.startPauseMax, failures: outages)
      pause = min(max(own, failure.retryAfter ?? .zero), Limits.startPauseMax)
    } else {
      return nil
    }
    report(failure, pause)
    return pause
  }

  /// Reports each cause once until it changes, because a server may be down for days.
  private mutating func report(_ failure: MattermostError, _ pause: Duration) {
    guard failure.cause != reported else {
      return logger.debug("start not possible yet", metadata: ["after": .stringConvertible(pause)])
    }
    reported = failure.cause
    status.wait(because: failure.summary)
    if let show {
      show("not connected yet. \(failure)\nThe start is repeated until the server answers; press Ctrl-C to stop.")
    } else {
      logger.error(
        "not started yet; trying again",
        metadata: ["reason": "\(failure)", "after": .stringConvertible(pause)])
    }
  }
}

extension MattermostError {
  /// The kind of an error, without the details that differ between attempts.
  fileprivate struct Cause: Equatable {
    var code: Code
    var status: Int?
    var transport: String?
  }

  fileprivate var cause: Cause { Cause(code: code, status: status, transport: transport?.code.rawValue) }
}
