import AgentSessions
import TestSupport

/// What was delivered, in order.
actor Outbox {
  struct Item: Equatable {
    var post: String
    var outcome: TurnOutcome
  }

  private(set) var items: [Item] = []

  var texts: [String] { items.map(\.text) }

  func add(_ post: String, _ outcome: TurnOutcome) { items.append(Item(post: post, outcome: outcome)) }

  /// Returns once `count` things were delivered.
  func reaches(_ count: Int) async throws {
    try await wait(for: "\(count) deliveries; there were \(texts)") { items.count >= count }
  }
}

extension Outbox.Item {
  var text: String {
    switch outcome {
    case .answered(let answer): answer.text
    case .failed(let failure): "failed: \(failure.code)"
    }
  }
}
