import Core
import Logging
import MattermostIO
import ServerLookup
import Sessions
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
  private var reported: Cause?

  init(
    onUnauthorized: UnauthorizedPolicy, status: ServiceStatus, show: (@Sendable (String) -> Void)?, logger: Logger
  ) {
    self.onUnauthorized = onUnauthorized
    self.status = status
    self.show = show
    self.logger = logger
  }

  /// True if the start has waited, so that what it began with may have changed.
  var hasReported: Bool { reported != nil }

  /// Returns the pause before the next attempt, or `nil` if only a person can help.
  mutating func pause(after error: GatewayError) -> Duration? {
    // A cancelled attempt is not an outage.
    guard !Task.isCancelled else { return nil }
    switch error {
    case .lookup(.server(let failure)): return pause(after: failure)
    case .store(let failure): return pause(after: failure)
    case .lookup(.pinnedNames), .rules, .listen: return nil
    }
  }

  private mutating func pause(after failure: MattermostError) -> Duration? {
    let pause: Duration
    if failure.code == .unauthorized, onUnauthorized == .retry {
      rejections += 1
      pause = Limits.unauthorizedPause(after: rejections)
    } else if failure.isOutage {
      pause = min(max(nextPause(atMost: Limits.startPauseMax), failure.retryAfter ?? .zero), Limits.startPauseMax)
    } else {
      return nil
    }
    report(
      .server(failure.cause), pause, "the server", failure.summary,
      "not connected yet. \(failure)\nThe start is repeated until the server answers; press Ctrl-C to stop.",
      "\(failure)")
    return pause
  }

  private mutating func pause(after failure: StoreError) -> Duration? {
    // Once it has worked, a database that fails otherwise is a fault of the moment, too.
    guard failure.isOutage || hasReported && failure.leavesPostUnread else { return nil }
    let pause = nextPause(atMost: Limits.databasePauseMax)
    report(
      .database(failure.code), pause, "the database", failure.summary,
      "not started yet: \(failure)\nThe start is repeated until the database answers; press Ctrl-C to stop.",
      "\(failure)")
    return pause
  }

  private mutating func nextPause(atMost longest: Duration) -> Duration {
    outages += 1
    return .backoff(Limits.startPauseFirst, longest, failures: outages)
  }

  /// Reports each cause once until it changes, because a server may be down for days.
  private mutating func report(
    _ cause: Cause, _ pause: Duration, _ awaited: String, _ summary: String, _ text: String, _ reason: String
  ) {
    guard cause != reported else {
      return logger.debug("start not possible yet", metadata: ["after": .stringConvertible(pause)])
    }
    reported = cause
    status.wait(for: awaited, because: summary)
    if let show {
      show(text)
    } else {
      logger.error(
        "not started yet; trying again", metadata: ["reason": "\(reason)", "after": .stringConvertible(pause)])
    }
  }

  /// Reports, once for each of them, that another gateway answers by other rules and this one stands by.
  ///
  /// - Parameter error: The store's error with the code `.rulesDiffer`.
  mutating func reportStandby(_ error: StoreError) {
    outages = 0
    guard reported != .rulesDiffer(error.detail) else { return }
    reported = .rulesDiffer(error.detail)
    status.standBy(for: error.detail)
    if let show {
      show("standing by: \(error)")
    } else {
      logger.notice("standing by", metadata: ["reason": "\(error)"])
    }
  }
}

extension StartRetries {
  /// The reason why a start waits, without the details that differ between attempts.
  fileprivate enum Cause: Equatable {
    case server(MattermostError.Cause)
    case database(StoreError.Code)
    case rulesDiffer(String)
  }
}

extension MattermostError {
  /// The kind of an error.
  fileprivate struct Cause: Equatable {
    var code: Code
    var status: Int?
    var transport: String?
  }

  fileprivate var cause: Cause { Cause(code: code, status: status, transport: transport?.code.rawValue) }
}
