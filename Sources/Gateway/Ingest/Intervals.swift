/// How often what happens by itself happens. Tests have less time than servers.
package struct Intervals: Sendable {
  /// How often it is looked whether the event socket missed something: how long a deaf one may go unnoticed.
  package var audit = Duration.seconds(60)

  /// How long the socket may be behind REST before it counts as deaf.
  package var grace = Duration.seconds(10)

  /// How often it is asked whether the token is still accepted.
  package var tokenCheck = Duration.seconds(60)

  /// How often cursors are kept: what is read once more after a kill is at most two of them.
  package var cursors = Duration.seconds(5)

  /// How often it is looked whether the store's files are still there.
  package var storeCheck = Duration.seconds(2)

  /// How long after the start a post of another instance says nothing: it may be one that a predecessor had sent when it
  /// ended.
  package var predecessor = Duration.seconds(30)

  /// How often it is said that another gateway is at work, and for how long it is held to be after each of its posts.
  package var otherGateway = Duration.seconds(600)

  /// The first and the longest pause before an answer that could not be posted is tried again.
  package var deliveryPauseFirst = Limits.deliveryPauseFirst
  package var deliveryPauseMax = Limits.deliveryPauseMax

  /// How long somebody's messages wait without any progress before they are told: most turns end sooner.
  package var waitNotice = Duration.seconds(10)

  /// The usual one.
  package init() {}
}
