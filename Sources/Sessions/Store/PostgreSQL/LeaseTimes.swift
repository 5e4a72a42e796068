import PostgreSQL

/// The times of a member.
package struct LeaseTimes: Sendable {
  /// The time from each renewal, by the database's clock, after which others may take over.
  package var length = Duration.seconds(8)
  /// The time between two renewals.
  package var renewal = Duration.seconds(2)
  /// The time between two looks at the other members, if none of them notifies this one.
  package var look = Duration.seconds(1)
  /// The time for which a member may have other rules than those in force before it gives everything back to those that
  /// have them.
  package var rulesGrace = Duration.seconds(10)
  /// The time for which a member may receive no posts before it gives everything back to those that do.
  package var silenceGrace = Duration.seconds(15)
  /// The time before the end of the lease at which a gateway that cannot renew it stops: stopping takes a second.
  package var margin = Duration.seconds(2)

  /// The limits of the connection by which it is renewed: one that does not answer must be replaced before the lease is
  /// over.
  var connectionLimits: PostgresLimits {
    var limits = PostgresLimits()
    (limits.connectTime, limits.answerTimeMax) = (renewal, renewal)
    return limits
  }

  package init() {}
}
