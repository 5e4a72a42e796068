/// How many messages agents answer at once, over all conversations.
package struct TurnLimits: Sendable, Equatable {
  /// The most turns that run at once.
  package var max: Int
  /// The most of them that one person may have running.
  package var perUser: Int

  /// The `max` of a file that names none.
  package static let defaultMax = 64

  /// The `per_user` of a file that names none: others find room, whatever one person asks.
  package static func defaultPerUser(of max: Int) -> Int { Swift.max(1, max / 4) }

  /// States bounds; one person may have a quarter, unless said.
  package init(max: Int = defaultMax, perUser: Int? = nil) {
    self.max = max
    self.perUser = perUser ?? Self.defaultPerUser(of: max)
  }
}
