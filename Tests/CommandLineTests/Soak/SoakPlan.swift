import Workload

/// The faults of a run, each before a post.
struct SoakPlan: Sendable {
  enum Event: Sendable {
    case server(ServerFault)
    /// The gateway is killed and restarted.
    case kill
  }

  private(set) var events: [Int: [Event]] = [:]

  init(_ soak: Soak, _ random: inout SeededGenerator) {
    for _ in 0..<soak.faults {
      let number = Int.random(in: 0..<soak.posts, using: &random)
      events[number, default: []].append(.server(.random(using: &random)))
    }
    for _ in 0..<soak.kills {
      events[Int.random(in: 0..<soak.posts, using: &random), default: []].append(.kill)
    }
  }
}
