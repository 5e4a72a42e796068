import AgentSessions
import Logging

/// Tells people whose messages wait for long: each person once, until none of theirs waits any more.
actor WaitNotifier {
  private let poster: Outbox
  private let lanes: KeyedSerialExecutor
  private let pause: Duration
  /// The messages of each person that wait, as they came.
  private var waiting: [String: [Waiting]] = [:]

  private struct Waiting {
    let turn: PendingTurn
    let session: Session
    /// Its place in the queue of its session when that was last looked at; nil before.
    var place: Int?
  }

  /// - Parameters:
  ///   - lanes: where it is watched who waits, a lane for each person.
  ///   - pause: how long there is no progress before somebody is told.
  init(poster: Outbox, lanes: KeyedSerialExecutor, pause: Duration) {
    self.poster = poster
    self.lanes = lanes
    self.pause = pause
  }

  /// Watches a message that waits until it does no more.
  func follow(_ turn: PendingTurn, in session: Session) async {
    // Only people are told: to tell a program could begin a loop.
    guard turn.target.asked?.asker != nil else { return }
    let isFirst = waiting[turn.user] == nil
    waiting[turn.user, default: []].append(Waiting(turn: turn, session: session))
    if isFirst { await lanes.run(in: turn.user) { await self.watch(turn.user) } }
  }

  private func watch(_ user: String) async {
    defer { waiting[user] = nil }
    var isTold = false
    // What is looked at first is where they stand: progress is measured from there.
    _ = await madeProgress(user)
    while waiting[user]?.isEmpty == false {
      do { try await Task.sleep(for: pause) } catch { return }
      guard await !madeProgress(user), !isTold, let all = waiting[user], let oldest = all.first else { continue }
      isTold = true
      let text = CommandTexts.waiting(count: all.count)
      await poster.say(text, to: oldest.turn.target, answering: "\(oldest.turn.post)-waits")
    }
  }

  /// Looks where the messages of a person stand, lets go of those that wait no more, and returns whether any has come nearer
  /// to its turn.
  private func madeProgress(_ user: String) async -> Bool {
    var left: [Waiting] = []
    var progress = false
    let known = waiting[user] ?? []
    var places: [SessionKey: [String: Int]] = [:]
    for (key, messages) in Dictionary(grouping: known, by: { $0.session.key }) {
      places[key] = await messages[0].session.places(of: messages.map(\.turn.post))
    }
    for var message in known {
      guard let place = places[message.session.key]?[message.turn.post] else {
        progress = true
        continue
      }
      if let before = message.place, place < before { progress = true }
      message.place = place
      left.append(message)
    }
    // More may have come meanwhile.
    waiting[user] = left + (waiting[user] ?? []).dropFirst(known.count)
    return progress
  }
}
