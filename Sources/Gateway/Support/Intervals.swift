/// The intervals of periodic work. Tests use shorter ones.
package struct Intervals: Sendable {
  /// Between two checks for posts that the event socket did not deliver; the longest time that a silent failure goes
  /// unnoticed.
  package var audit = Duration.seconds(60)

  /// The time for which a post may be visible over REST before the event socket counts as failed.
  package var grace = Duration.seconds(10)

  /// Between two checks that the server still accepts the token.
  package var tokenCheck = Duration.seconds(60)

  /// Between two writes of the cursors. After a kill, the posts of at most two intervals are read once more.
  package var cursors = Duration.seconds(5)
  /// The same with a store that several gateways share: a post that none of them answers costs the database nothing.
  package var sharedCursors = Duration.seconds(60)

  /// Between two checks that the store's files still exist.
  package var storeCheck = Duration.seconds(2)

  /// After the start, how long posts of another instance are ignored: an earlier run may have sent them just before it
  /// ended.
  package var predecessor = Duration.seconds(30)

  /// The time for which another gateway counts as running after one of its posts, and between two reports of it.
  package var otherGateway = Duration.seconds(600)

  /// The first and the longest pause before a reply that could not be posted is tried again.
  package var deliveryPauseFirst = Limits.deliveryPauseFirst
  package var deliveryPauseMax = Limits.deliveryPauseMax

  /// The time after which people are shown that an answer takes long.
  package var progress = Limits.progressDelay

  /// The time without progress after which a user is told that their messages wait: most turns end sooner.
  package var waitNotice = Duration.seconds(10)

  package init() {}
}

/// The reaction to a rejected token.
package enum UnauthorizedPolicy: String, Sendable, CaseIterable {
  /// End the gateway: only a person can fix it.
  case exit
  /// Try again, at growing intervals.
  case retry
}
