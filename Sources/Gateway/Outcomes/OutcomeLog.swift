import AgentSessions
import ConfigLoader
import Journal

/// Records in the journal what came of events, by their claims; nowhere if there is no journal. Recording waits for nothing.
struct OutcomeLog: Sendable {
  let journal: Journal?

  /// Records what came of the event that was claimed as `claim`.
  func record(_ outcome: EventOutcome, of claim: String) { journal?.record(outcome, of: claim) }

  /// Records what came of the event that a reply answers. What is said beside an answer is no reply: its name has a dash,
  /// which no claim has.
  func record(_ outcome: EventOutcome, ofReply id: String) {
    if !id.contains("-") { record(outcome, of: id) }
  }

  /// Records that a reply is posted, in so many posts; of other deliveries, whoever knows why records more.
  func record(_ delivery: Delivery, of reply: Reply, posts: Int) {
    guard delivery == .posted else { return }
    if let claim = Outbox.claim(ofRefused: reply.id) { return record(.direct, of: claim) }
    record(reply.agent.map { .answered(agent: $0, posts: posts) } ?? .said, ofReply: reply.id)
  }
}
