import FoundationEssentials
import RuleEngine

/// A conversation as the table `sessions` has it.
package struct SessionRow: Sendable {
  let key: SessionKey
  /// The number of its starts, from 1.
  var generation: Int64
  /// When this generation started.
  var startedAt: Date
  /// When something last happened in it.
  var lastAt: Date
  /// The number of answered exchanges of this generation.
  var turns: Int
  /// The number of removals from within the conversation.
  var cuts: Int64
  /// The gateway that answered in it last, if there are several.
  var member: Int64 = 0

  /// Returns whether the next message starts a new conversation.
  func isOver(by policy: SessionPolicy, at now: Date) -> Bool {
    if let most = policy.turns, turns >= most { return true }
    if let idle = policy.idleSeconds, now.timeIntervalSince(lastAt) >= Double(idle) { return true }
    return false
  }
}
