import Foundation

extension ClusterHistory {
  /// The number of events around those of a post in which faults are shown.
  private static let surroundings = 200

  /// Returns the sessions of some posts, what happened to them, and which gateways and servers had faults around that
  /// time, in lines with the seconds since the first event.
  func story(of questions: [Int]) -> String {
    var turns: Set<Int> = []
    for case .turnStarted(let turn, let question, _) in events.map(\.event) where questions.contains(question) {
      turns.insert(turn)
    }
    func isOwn(_ event: Event) -> Bool {
      if case .turnEnded(let turn) = event { return turns.contains(turn) }
      return event.question.map(questions.contains) ?? false
    }
    let own = events.indices.filter { isOwn(events[$0].event) }
    guard let first = own.first, let last = own.last else { return "" }
    let shown = max(0, first - Self.surroundings)..<min(events.count, last + Self.surroundings)
    let heads = self.questions.filter { questions.contains($0.number) }.map { question in
      "post \(question.number) of \(question.author) in \(question.session)"
    }
    let lines = events[shown].filter { isOwn($0.event) || $0.event.isOfGateways }.map { entry in
      let milliseconds = (entry.at.timeIntervalSince(events[0].at) * 1_000).rounded()
      return "\(milliseconds / 1_000) \(entry.event)"
    }
    return (heads + lines).joined(separator: "\n")
  }
}

extension ClusterHistory.Event {
  /// The post that it names.
  fileprivate var question: Int? {
    switch self {
    case .asked(let question), .claimed(let question, _), .turnStarted(_, let question, _), .sent(let question, _),
      .posted(let question, _):
      question
    case .turnEnded, .joined, .ended, .said, .killed, .exited, .quit, .paused, .resumed, .callsFailed, .fault: nil
    }
  }

  /// True if it is about no post.
  fileprivate var isOfGateways: Bool {
    switch self {
    case .joined, .ended, .killed, .exited, .quit, .paused, .resumed, .callsFailed, .fault: true
    case .asked, .claimed, .turnStarted, .turnEnded, .sent, .posted, .said: false
    }
  }
}
