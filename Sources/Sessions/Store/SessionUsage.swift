package import Agents

/// The usage of a conversation.
package struct SessionUsage: Sendable, Equatable {
  /// Since the conversation started.
  package var current: UsageSum
  /// Together with all earlier conversations under the same key.
  package var total: UsageSum
  /// The number of messages that wait.
  package var waiting = 0
}

/// The usage of some turns.
package struct UsageSum: Sendable, Equatable {
  /// The number of messages that were answered.
  package var turns = 0
  /// The number of turns whose agents reported tokens; the others are not in `tokens`.
  package var turnsReported = 0
  package var tokens = TokenUsage()
  /// The costs as far as prices are known: a sum for each currency, in alphabetical order.
  package var costs: [Cost] = []
}

extension UsageSum {
  /// The generation under which the table `usage` has the sum of all.
  static let allGenerations: Int64 = 0
}
