import AgentSessions
import TestSupport

/// What was delivered, in order.
actor DeliveredReplies {
  private(set) var replies: [Reply] = []

  var texts: [String] { replies.map(\.text) }

  func add(_ reply: Reply) { replies.append(reply) }

  /// Returns once `count` things were delivered.
  func reaches(_ count: Int) async throws {
    try await wait(for: "\(count) deliveries; there were \(texts)") { replies.count >= count }
  }
}
