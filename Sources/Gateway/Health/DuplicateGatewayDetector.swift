import FoundationEssentials
import Logging
import MattermostIO

/// Detects a second gateway with the same bot account: every post carries the id of the instance that sent it.
///
/// An instance is one run of one process, so that two gateways on copies of one store are told apart; the gateways of a
/// store in a database are one instance. Only posts that the event socket delivers during this run count, because posts of
/// an earlier run prove nothing.
actor DuplicateGatewayDetector {
  /// The id of this instance.
  nonisolated let instance: String

  private let intervals: Intervals
  private let logger: Logger
  private let startedAt = ContinuousClock.now
  private var seen: (at: ContinuousClock.Instant, date: Date)?
  private var reportedAt: ContinuousClock.Instant?

  /// - Parameter instance: what this gateway has in common with others; `nil` if it has nothing.
  init(instance: String?, intervals: Intervals, logger: Logger) {
    self.instance = instance ?? String(UInt64.random(in: 0...(.max)), radix: 36)
    self.intervals = intervals
    self.logger = logger
  }

  /// The time at which another gateway last posted, or `nil` if that was not recently.
  var lastSeen: Date? {
    seen.flatMap { $0.at + intervals.otherGateway > .now ? $0.date : nil }
  }

  /// Checks a new post of the bot's account.
  func check(_ post: Post) {
    let now = ContinuousClock.now
    guard !post.props.mark.isEmpty, post.props.instance != instance, now > startedAt + intervals.predecessor else {
      return
    }
    seen = (now, Date())
    if let reportedAt, reportedAt + intervals.otherGateway > now { return }
    reportedAt = now
    logger.error(
      """
      another gateway uses the same token: both answer every message, and agents run twice; stop one of them, or give \
      it a bot account and a token of its own
      """,
      metadata: ["post": "\(post.id)", "channel": "\(post.channelID)"])
  }
}
