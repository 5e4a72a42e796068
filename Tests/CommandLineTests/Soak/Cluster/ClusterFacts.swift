import Foundation

/// The facts of a history, by what they are about.
struct ClusterFacts: Sendable {
  struct Turn: Sendable {
    let question: Int
    let gateway: Int
    let start: Date
    fileprivate(set) var end = Date.distantFuture
  }

  struct Member: Sendable {
    let gateway: Int
    let start: Date
    fileprivate(set) var end = Date.distantFuture

    func contains(_ moment: Date) -> Bool { start <= moment && moment <= end }
  }

  struct Answer: Sendable {
    let at: Date
    let isComplete: Bool
  }

  struct Claim: Sendable {
    let at: Date
    let member: Int64
  }

  struct Sending: Sendable {
    let at: Date
    let gateway: Int
  }

  /// When each question was posted.
  private(set) var asked: [Int: Date] = [:]
  /// When calls of Mattermost failed.
  private(set) var callFailures: [Date] = []
  /// The turns of each question, in the order of their starts.
  private(set) var turns: [Int: [Turn]] = [:]
  /// The posts that answer each question, in order.
  private(set) var answers: [Int: [Answer]] = [:]
  /// The claims of each question, in order.
  private(set) var claims: [Int: [Claim]] = [:]
  /// When each answer, or a part of it, was sent, in order.
  private(set) var sendings: [Int: [Sending]] = [:]
  private(set) var members: [Int64: Member] = [:]
  /// The pauses of each gateway, in order.
  private(set) var pauses: [Int: [DateInterval]] = [:]
  /// The turns of each session, in the order of their starts.
  let turnsBySession: [String: [Turn]]

  init(_ history: ClusterHistory) {
    var turns: [Int: Turn] = [:]
    var running: [Int: Set<Int>] = [:]
    var pauseStarts: [Int: Date] = [:]
    for entry in history.events {
      switch entry.event {
      case .turnStarted(let turn, let question, let gateway):
        turns[turn] = Turn(question: question, gateway: gateway, start: entry.at)
        running[gateway, default: []].insert(turn)
      case .turnEnded(let turn):
        guard let gateway = turns[turn]?.gateway, running[gateway]?.remove(turn) != nil else { break }
        turns[turn]?.end = entry.at
      case .exited(let gateway):
        // Its connections ended with it, although the agent may notice that later.
        for turn in running.removeValue(forKey: gateway) ?? [] { turns[turn]?.end = entry.at }
      case .paused(let gateway): pauseStarts[gateway] = entry.at
      case .resumed(let gateway):
        guard let start = pauseStarts.removeValue(forKey: gateway) else { break }
        pauses[gateway, default: []].append(DateInterval(start: start, end: entry.at))
      case .joined(let member, let gateway): members[member] = Member(gateway: gateway, start: entry.at)
      case .ended(let member): members[member]?.end = entry.at
      case .claimed(let question, let member):
        claims[question, default: []].append(Claim(at: entry.at, member: member))
      case .posted(let question, let isComplete):
        answers[question, default: []].append(Answer(at: entry.at, isComplete: isComplete))
      case .sent(let question, let gateway):
        sendings[question, default: []].append(Sending(at: entry.at, gateway: gateway))
      case .asked(let question): asked[question] = entry.at
      case .callsFailed: callFailures.append(entry.at)
      case .said, .killed, .quit, .fault: break
      }
    }
    let inOrder = turns.values.sorted { $0.start < $1.start }
    self.turns = Dictionary(grouping: inOrder, by: \.question)
    let sessions = Dictionary(history.questions.map { ($0.number, $0.session) }) { first, _ in first }
    turnsBySession = Dictionary(grouping: inOrder) { sessions[$0.question] ?? "" }
  }

  /// Returns whether a gateway was a member of the database. In a history without members, each one always was.
  func isMember(_ gateway: Int, at moment: Date) -> Bool {
    members.isEmpty || members.values.contains { $0.gateway == gateway && $0.contains(moment) }
  }

  /// Returns the times during a turn in which it does not count as running: the pauses of its gateway, and the time to
  /// wake after each.
  func stillness(of turn: Turn) -> [DateInterval] {
    (pauses[turn.gateway] ?? []).filter { turn.start < $0.start }
      .map { DateInterval(start: $0.start, end: $0.end + ClusterChecker.wakeTime) }
  }
}
