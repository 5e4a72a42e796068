import Foundation
import Testing

/// The checker finds each fault that is planted in a history, and none in those that are correct.
@Suite struct ClusterCheckerTests {
  private typealias Event = ClusterHistory.Event

  private static let questions = [
    ClusterHistory.Question(number: 0, author: "alice", session: "channel:dev"),
    ClusterHistory.Question(number: 1, author: "bob", session: "channel:dev"),
    ClusterHistory.Question(number: 2, author: "alice", session: "channel:dev"),
    ClusterHistory.Question(number: 3, author: "alice", session: "user:alice"),
  ]

  /// Gateway 0 answers the first post in the channel, and is killed while it answers the second one, which gateway 1
  /// answers again after taking over. Gateway 1 answers the direct message at the same time.
  private static let killed: [(at: TimeInterval, event: Event)] = [
    (0, .joined(member: 1, gateway: 0)), (0, .joined(member: 2, gateway: 1)),
    (1.0, .claimed(question: 0, member: 1)), (1.1, .turnStarted(turn: 0, question: 0, gateway: 0)),
    (1.5, .turnEnded(turn: 0)), (1.6, .sent(question: 0, gateway: 0)),
    (1.7, .posted(question: 0, isComplete: true)),
    (2.0, .claimed(question: 1, member: 1)), (2.1, .turnStarted(turn: 1, question: 1, gateway: 0)),
    (2.2, .claimed(question: 2, member: 1)), (2.3, .claimed(question: 3, member: 2)),
    (2.4, .turnStarted(turn: 2, question: 3, gateway: 1)),
    (3.0, .killed(gateway: 0)), (3.1, .exited(gateway: 0)), (3.2, .turnEnded(turn: 1)),
    (3.4, .turnEnded(turn: 2)), (3.5, .sent(question: 3, gateway: 1)), (3.6, .posted(question: 3, isComplete: true)),
    (4.0, .joined(member: 3, gateway: 0)),
    (11.0, .ended(member: 1)), (11.0, .claimed(question: 1, member: 2)), (11.0, .claimed(question: 2, member: 2)),
    (11.1, .turnStarted(turn: 3, question: 1, gateway: 1)), (11.2, .turnEnded(turn: 3)),
    (11.3, .sent(question: 1, gateway: 1)), (11.4, .posted(question: 1, isComplete: true)),
    (11.5, .turnStarted(turn: 4, question: 2, gateway: 1)), (11.6, .turnEnded(turn: 4)),
    (11.7, .sent(question: 2, gateway: 1)), (11.8, .posted(question: 2, isComplete: true)),
  ]

  /// Gateway 0 is paused while it waits for the agent's answer to the only post and sends another one, and wakes after
  /// gateway 1 has taken over.
  private static let paused: [(at: TimeInterval, event: Event)] = [
    (0, .joined(member: 1, gateway: 0)), (0, .joined(member: 2, gateway: 1)),
    (1.0, .claimed(question: 0, member: 1)), (1.1, .turnStarted(turn: 0, question: 0, gateway: 0)),
    (2.0, .paused(gateway: 0)), (11.0, .ended(member: 1)), (11.0, .claimed(question: 0, member: 2)),
    (11.1, .turnStarted(turn: 1, question: 0, gateway: 1)), (22.9, .turnEnded(turn: 1)),
    (23.0, .sent(question: 0, gateway: 1)), (23.1, .posted(question: 0, isComplete: true)),
    (22.0, .resumed(gateway: 0)), (23.5, .turnEnded(turn: 0)), (24.0, .joined(member: 3, gateway: 0)),
  ]

  private func history(
    _ events: [(at: TimeInterval, event: Event)], without removed: [Event] = [],
    with added: [(at: TimeInterval, event: Event)] = [], questions: Int = 4
  ) -> ClusterHistory {
    let left = events.filter { !removed.contains($0.event) }
    return ClusterHistory(
      Array(Self.questions.prefix(questions)),
      (left + added).map { .init(at: Date(timeIntervalSince1970: $0.at), event: $0.event) })
  }

  /// Returns the findings of a history with changes.
  private func findings(
    without removed: [Event] = [], with added: [(at: TimeInterval, event: Event)] = []
  ) -> [HistoryFinding] {
    ClusterChecker(history(Self.killed, without: removed, with: added)).findings
  }

  private func findingsOfPause(
    without removed: [Event] = [], with added: [(at: TimeInterval, event: Event)] = []
  ) -> [HistoryFinding] {
    ClusterChecker(history(Self.paused, without: removed, with: added, questions: 1)).findings
  }

  private static func shared(_ seconds: ClosedRange<Double>) -> (HistoryFinding?) -> Bool {
    { if case .overlap(_, _, let found)? = $0 { seconds.contains(found) } else { false } }
  }
}

// MARK: Correct histories

extension ClusterCheckerTests {
  @Test func `a takeover after a kill is correct, and its time is that to the first answer`() {
    let checker = ClusterChecker(history(Self.killed))
    #expect(checker.findings == [])
    #expect(checker.turnsByGateway == [2, 3])
    #expect(checker.turnsRepeated == 1)
    #expect(checker.sentLate == [])
    #expect(checker.takeOverTimes.map { ($0 * 10).rounded() } == [84])
  }

  @Test func `a takeover of a paused gateway is correct, whose request to the agent is still open`() {
    #expect(findingsOfPause() == [])
  }

  @Test func `one answer that was under way may be sent after a pause, even twice`() {
    let late: [(at: TimeInterval, event: Event)] = [
      (22.1, .sent(question: 0, gateway: 0)), (22.2, .posted(question: 0, isComplete: true)),
    ]
    let checker = ClusterChecker(history(Self.paused, with: late, questions: 1))
    #expect(checker.findings == [])
    #expect(checker.sentLate == [0])
  }

  @Test func `an answer that was sent just before the kill is none of the one that takes over`() {
    // The second post's answer arrives when gateway 0 is killed; the third one is the first that is taken over.
    let checker = ClusterChecker(
      history(
        Self.killed, without: [.posted(question: 1, isComplete: true)],
        with: [(2.9, .sent(question: 1, gateway: 0)), (3.1, .posted(question: 1, isComplete: true))]))
    #expect(checker.takeOverTimes.map { ($0 * 10).rounded() } == [88])
  }

  @Test func `a post that could not be read may be overtaken, and no other`() {
    let reversed: [(at: TimeInterval, event: Event)] = [
      (0.9, .asked(question: 0)), (12, .posted(question: 0, isComplete: true)),
    ]
    func checker(callsFailedAt moment: TimeInterval) -> ClusterChecker {
      ClusterChecker(
        history(
          Self.killed, without: [.posted(question: 0, isComplete: true)], with: reversed + [(moment, .callsFailed)]))
    }
    #expect(checker(callsFailedAt: 1).findings == [])
    #expect(checker(callsFailedAt: 1).overtakings == 1)
    for moment in [-10.0, 11.6] {
      #expect(checker(callsFailedAt: moment).findings == [.answersOutOfOrder(question: 2, before: 0)])
      #expect(checker(callsFailedAt: moment).overtakings == 0)
    }
  }

  @Test func `a kill of a gateway that holds nothing has no takeover time`() {
    let checker = ClusterChecker(history(Self.killed, with: [(20, .killed(gateway: 0)), (20, .exited(gateway: 0))]))
    #expect(checker.takeOverTimes.count == 1)
  }
}

// MARK: Planted faults

extension ClusterCheckerTests {
  @Test func `a post without an answer`() {
    #expect(findings(without: [.posted(question: 3, isComplete: true)]) == [.unanswered(question: 3)])
  }

  @Test func `a post with two answers`() {
    #expect(
      findings(with: [(12, .posted(question: 3, isComplete: true))]) == [.answered(question: 3, times: 2)])
  }

  @Test func `an answer without its end`() {
    let found = findings(
      without: [.posted(question: 3, isComplete: true)], with: [(3.6, .posted(question: 3, isComplete: false))])
    #expect(found == [.cut(question: 3)])
  }

  @Test func `a post of the bot that is no answer`() {
    #expect(findings(with: [(12, .said("I failed."))]) == [.said("I failed.")])
  }

  @Test func `a gateway that ends by itself`() {
    let found = findings(with: [(12, .exited(gateway: 1)), (12, .quit(gateway: 1, said: "Fatal error"))])
    #expect(found == [.quit(gateway: 1, said: "Fatal error")])
  }

  @Test func `two turns of a session at the same time in two gateways`() {
    // Gateway 1 answers the third post while gateway 0 answers the second one.
    let found = findings(with: [
      (2.5, .turnStarted(turn: 9, question: 1, gateway: 1)), (2.7, .turnEnded(turn: 9)),
    ])
    #expect(found.count == 1 && Self.shared(0.19...0.21)(found.first), "\(found)")
  }

  @Test func `two turns of a session at the same time in one gateway`() {
    let found = findings(with: [
      (11.15, .turnStarted(turn: 9, question: 1, gateway: 1)), (11.19, .turnEnded(turn: 9)),
    ])
    #expect(found.count == 1 && Self.shared(0.04...0.06)(found.first), "\(found)")
  }

  @Test func `a gateway that wakes and goes on with its turn`() {
    // It closes the request three seconds after it was woken, and not two.
    let found = findingsOfPause(
      without: [.turnEnded(turn: 0), .turnEnded(turn: 1)], with: [(25, .turnEnded(turn: 0)), (26, .turnEnded(turn: 1))])
    #expect(found.count == 1 && Self.shared(0.9...1.1)(found.first), "\(found)")
  }

  @Test func `a gateway that wakes and begins the turn that was taken over`() {
    let found = findingsOfPause(with: [
      (22.2, .turnStarted(turn: 9, question: 0, gateway: 0)), (22.6, .turnEnded(turn: 9)),
    ])
    #expect(found.count == 1 && Self.shared(0.3...0.5)(found.first), "\(found)")
  }

  @Test func `turns of a person's posts in the wrong order`() {
    // Gateway 1 answers the third post, then the first one once more.
    let found = findings(with: [
      (11.9, .turnStarted(turn: 9, question: 0, gateway: 1)), (11.95, .turnEnded(turn: 9)),
    ])
    #expect(found == [.turnsOutOfOrder(question: 2, before: 0)])
  }

  @Test func `answers to a person's posts in the wrong order`() {
    let found = findings(
      without: [.posted(question: 0, isComplete: true)], with: [(12, .posted(question: 0, isComplete: true))])
    #expect(found == [.answersOutOfOrder(question: 2, before: 0)])
  }

  @Test func `an answer of a gateway that was taken over`() {
    let found = findings(without: [.joined(member: 3, gateway: 0)], with: [(11.4, .sent(question: 1, gateway: 0))])
    #expect(found == [.sentByNonMember(question: 1, gateway: 0)])
  }

  @Test func `two answers of a gateway that was taken over while it was paused`() {
    let found = findingsOfPause(with: [(22.1, .sent(question: 0, gateway: 0)), (22.2, .sent(question: 0, gateway: 0))])
    #expect(found == [.sentByNonMember(question: 0, gateway: 0)])
  }

  @Test func `an answer of a gateway that was taken over long after its pause`() {
    let found = findingsOfPause(
      without: [.joined(member: 3, gateway: 0)], with: [(24.1, .sent(question: 0, gateway: 0))])
    #expect(found == [.sentByNonMember(question: 0, gateway: 0)])
  }

  @Test func `a claim for a member that was taken over`() {
    let found = findings(with: [(11.2, .claimed(question: 1, member: 1))])
    #expect(found == [.claimedAfterEnd(question: 1, member: 1)])
  }

  @Test(arguments: [
    ("claim", [Event.claimed(question: 3, member: 2)]),
    ("turn", [.turnStarted(turn: 2, question: 3, gateway: 1), .turnEnded(turn: 2)]),
    ("sending", [.sent(question: 3, gateway: 1)]),
  ])
  func `an answer whose way was not recorded`(missing: String, removed: [ClusterHistory.Event]) {
    #expect(findings(without: removed) == [.unrecorded(question: 3, missing)])
  }
}
