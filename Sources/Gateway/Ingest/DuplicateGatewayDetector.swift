import FoundationEssentials
import Logging
import MattermostIO

/// Notices that another gateway answers as the same bot: every post tells which instance made it.
///
/// An instance is one run of one process, not one store, so that two that run on copies of a store are told apart, too.
/// Only posts that the event socket brings while this one runs count: whatever an earlier run made, here or on another
/// machine, is no sign of another gateway.
actor DuplicateGatewayDetector {
  /// What the posts of this gateway bear.
  nonisolated let instance = String(UInt64.random(in: 0...(.max)), radix: 36)

  private let rhythm: Intervals
  private let logger: Logger
  private let startedAt = ContinuousClock.now
  private var seen: (at: ContinuousClock.Instant, date: Date)?
  private var toldAt: ContinuousClock.Instant?

  init(rhythm: Intervals, logger: Logger) {
    self.rhythm = rhythm
    self.logger = logger
  }

  /// When another gateway was last seen at work, if that was lately.
  var lastSeen: Date? {
    seen.flatMap { $0.at + rhythm.otherGateway > .now ? $0.date : nil }
  }

  /// Takes in a post of the bot's own account that was just made.
  func note(_ post: Post) {
    let now = ContinuousClock.now
    guard !post.props.mark.isEmpty, post.props.instance != instance, now > startedAt + rhythm.predecessor else {
      return
    }
    seen = (now, Date())
    if let toldAt, toldAt + rhythm.otherGateway > now { return }
    toldAt = now
    logger.error(
      """
      another gateway answers with the same token: both take up every message, and agents run twice; end one of them, or \
      give it a bot account and a token of its own
      """,
      metadata: ["post": "\(post.id)", "channel": "\(post.channelID)"])
  }
}
