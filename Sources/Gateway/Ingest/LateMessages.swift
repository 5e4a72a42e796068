import Core
import RuleEngine

/// A message that came too late to be answered.
struct LateMessage: Sendable {
  let event: Event
  /// Where the answer would have gone.
  let target: ReplyTarget

  init(_ event: Event, rule: Rule?) {
    self.event = event
    target = ReplyTarget(event, policy: rule?.reply ?? ReplyPolicy(), scope: rule?.session.scope ?? .channel)
  }
}

/// The messages of one channel that came too late to be answered.
struct LateMessages: Sendable {
  /// How many.
  private(set) var count = 0
  private(set) var newest: LateMessage?

  mutating func note(_ message: LateMessage) {
    count += 1
    newest = message
  }
}
