import Foundation

/// Checks the history of a run of several gateways.
///
/// Three things that no gateway can prevent are allowed, within bounds:
///
/// - **A request to the agent that is under way while its sender is paused.** It stays open, although the paused gateway
///   does nothing, and another one may answer the post meanwhile. So a turn does not count as running from the pause
///   until `wakeTime` after it, by when the gateway has to have closed the request. A turn that begins after the pause
///   counts in full.
/// - **An answer that is under way while its sender is paused.** The gateway was a member when it decided to send it, and
///   sends it when it wakes. One answer for each pause may be sent by a gateway that is no member any more, within
///   `wakeTime`. Mattermost makes one post of it and the other gateway's if they are at most 30 seconds apart; for those
///   that are not, two posts of this answer are allowed.
/// - **A post that could not be read.** A gateway that takes over reads the posts, and their authors, from Mattermost. If
///   that fails, others overtake the post, also those of the same person. So the order of two posts is not checked if calls
///   failed between `readTime` before the first one was posted and the turn of the second one.
struct ClusterChecker: Sendable {
  /// The time in which a gateway that wakes has to notice the end of its lease and close its requests.
  static let wakeTime: TimeInterval = 2

  /// The time in which a failure of calls may still have an effect: later calls of the same kind fail instead.
  static let readTime: TimeInterval = 10

  /// The questions whose answers were under way during a pause, and were sent by a gateway that was no member any more.
  let sentLate: [Int]
  /// What must not have happened.
  var findings: [HistoryFinding] {
    surprises + answers + overlaps + order + sentByNonMembers + claimsAfterEnd + unrecorded
  }

  private let history: ClusterHistory
  private let facts: ClusterFacts
  private let sentByNonMembers: [HistoryFinding]

  init(_ history: ClusterHistory) {
    self.history = history
    facts = ClusterFacts(history)
    (sentLate, sentByNonMembers) = Self.sentByNonMembers(history, facts)
  }
}

// MARK: Answers

extension ClusterChecker {
  /// Nothing else is said, and no gateway ends by itself.
  private var surprises: [HistoryFinding] {
    history.events.compactMap { entry in
      switch entry.event {
      case .said(let text): .said(text)
      case .quit(let gateway, let said): .quit(gateway: gateway, said: said)
      default: nil
      }
    }
  }

  /// Each post is answered exactly once.
  private var answers: [HistoryFinding] {
    history.questions.flatMap { question -> [HistoryFinding] in
      let posts = facts.answers[question.number] ?? []
      guard !posts.isEmpty else { return [.unanswered(question: question.number)] }
      let allowed = sentLate.contains(question.number) ? 2 : 1
      return (posts.count > allowed ? [.answered(question: question.number, times: posts.count)] : [])
        + (posts.allSatisfy(\.isComplete) ? [] : [.cut(question: question.number)])
    }
  }
}

// MARK: Turns

extension ClusterChecker {
  /// No two turns of a session run at the same time.
  private var overlaps: [HistoryFinding] {
    facts.turnsBySession.sorted { $0.key < $1.key }.flatMap { session, turns in
      turns.indices.flatMap { index in
        turns[(index + 1)...].prefix { $0.start < turns[index].end }.compactMap { later in
          overlap(of: turns[index], and: later, in: session)
        }
      }
    }
  }

  private func overlap(
    of earlier: ClusterFacts.Turn, and later: ClusterFacts.Turn, in session: String
  ) -> HistoryFinding? {
    let shared = DateInterval(start: later.start, end: min(earlier.end, later.end))
    let seconds = shared.duration(without: facts.stillness(of: earlier) + facts.stillness(of: later))
    guard seconds > 0 else { return nil }
    return .overlap(session: session, questions: [earlier.question, later.question], seconds: seconds)
  }

  /// The posts of a person in a session are answered in order.
  ///
  /// A turn that a killed gateway left is repeated: the last turn of a post counts as its end.
  private var order: [HistoryFinding] {
    neighbours.filter { !mayOvertake($0.later, $0.earlier) }.flatMap { earlier, later -> [HistoryFinding] in
      (areTurnsReversed(earlier, later) ? [.turnsOutOfOrder(question: later, before: earlier)] : [])
        + (areAnswersReversed(earlier, later) ? [.answersOutOfOrder(question: later, before: earlier)] : [])
    }
  }

  /// The number of posts that overtook one that could not be read.
  var overtakings: Int {
    neighbours.count { earlier, later in
      mayOvertake(later, earlier) && (areTurnsReversed(earlier, later) || areAnswersReversed(earlier, later))
    }
  }

  /// The posts of each person in each session, each with the next one.
  private var neighbours: [(earlier: Int, later: Int)] {
    let chains = Dictionary(grouping: history.questions) { [$0.session, $0.author] }.values
    return chains.sorted { $0[0].number < $1[0].number }.flatMap { questions in
      zip(questions, questions.dropFirst()).map { ($0.number, $1.number) }
    }
  }

  private func areTurnsReversed(_ earlier: Int, _ later: Int) -> Bool {
    guard let last = facts.turns[earlier]?.last, let first = facts.turns[later]?.first else { return false }
    return first.start < last.start
  }

  private func areAnswersReversed(_ earlier: Int, _ later: Int) -> Bool {
    guard let before = facts.answers[earlier]?.first, let after = facts.answers[later]?.first else { return false }
    return after.at < before.at
  }

  private func mayOvertake(_ later: Int, _ earlier: Int) -> Bool {
    guard let asked = facts.asked[earlier], let turn = facts.turns[later]?.first else { return false }
    return facts.callFailures.contains { asked - Self.readTime < $0 && $0 < turn.start }
  }
}

// MARK: Gateways that have lost the store do nothing more

extension ClusterChecker {
  /// Answers are sent by members.
  private static func sentByNonMembers(
    _ history: ClusterHistory, _ facts: ClusterFacts
  ) -> (late: [Int], findings: [HistoryFinding]) {
    var late: [Int] = []
    var findings: [HistoryFinding] = []
    var pausesUsed: Set<DateInterval> = []
    for entry in history.events {
      guard case .sent(let question, let gateway) = entry.event, !facts.isMember(gateway, at: entry.at) else {
        continue
      }
      let pause = facts.pauses[gateway]?.last { $0.end <= entry.at && entry.at < $0.end + wakeTime }
      if let pause, pausesUsed.insert(pause).inserted {
        late.append(question)
      } else {
        findings.append(.sentByNonMember(question: question, gateway: gateway))
      }
    }
    return (late, findings)
  }

  /// Nothing is claimed for a member that was taken over.
  private var claimsAfterEnd: [HistoryFinding] {
    history.events.compactMap { entry in
      guard case .claimed(let question, let member) = entry.event, let end = facts.members[member]?.end,
        entry.at > end
      else { return nil }
      return .claimedAfterEnd(question: question, member: member)
    }
  }
}

// MARK: The recording itself

extension ClusterChecker {
  /// Each answer was claimed, made in a turn, and sent.
  private var unrecorded: [HistoryFinding] {
    return history.questions.map(\.number).filter { facts.answers[$0] != nil }.flatMap { question in
      [
        ("claim", facts.claims[question] != nil), ("turn", facts.turns[question] != nil),
        ("sending", facts.sendings[question] != nil),
      ]
      .filter { !$0.1 }.map { .unrecorded(question: question, $0.0) }
    }
  }
}

// MARK: Figures

extension ClusterChecker {
  /// The time from each kill to the first answer to a post that the killed gateway had claimed, and whose answer it had
  /// not sent, in order of length. A kill of a gateway that had none is left out.
  var takeOverTimes: [TimeInterval] {
    history.events.compactMap { entry -> TimeInterval? in
      guard case .killed(let gateway) = entry.event else { return nil }
      let answers = facts.claims.keys.filter { isHeld($0, by: gateway, at: entry.at) }
        .compactMap { facts.answers[$0]?.first?.at }
      return answers.min()?.timeIntervalSince(entry.at)
    }.sorted()
  }

  private func isHeld(_ question: Int, by gateway: Int, at kill: Date) -> Bool {
    guard let claim = facts.claims[question]?.last(where: { $0.at < kill }), let member = facts.members[claim.member],
      member.gateway == gateway, member.contains(kill), (facts.answers[question] ?? []).allSatisfy({ $0.at > kill })
    else { return false }
    // What was sent just before the kill may be seen just after it.
    return !(facts.sendings[question] ?? []).contains { $0.gateway == gateway && $0.at < kill + 1 }
  }

  /// The number of turns of each gateway.
  var turnsByGateway: [Int] {
    let gateways = facts.turns.values.joined().map(\.gateway)
    return gateways.max().map { last in (0...last).map { number in gateways.count { $0 == number } } } ?? []
  }

  /// The number of turns that began again.
  var turnsRepeated: Int { facts.turns.values.reduce(0) { $0 + $1.count - 1 } }
}

extension DateInterval {
  /// Returns its length without the parts that the other intervals cover.
  fileprivate func duration(without others: [DateInterval]) -> TimeInterval {
    var left = 0.0
    var start = start
    for other in others.sorted() where other.end > start {
      guard other.start < end else { break }
      left += max(0, other.start.timeIntervalSince(start))
      start = min(other.end, end)
    }
    return left + end.timeIntervalSince(start)
  }
}
