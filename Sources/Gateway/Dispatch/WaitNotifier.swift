import Core
import Logging
import Sessions

/// Tells people that their messages have waited for a while: each person once, until none of their messages waits any
/// more.
actor WaitNotifier {
  private let outbox: Outbox
  private let executor: KeyedSerialExecutor<String>
  private let pause: Duration
  /// The waiting messages of each user, as they came.
  private var waiting: [UserID: [Waiting]] = [:]

  private struct Waiting {
    let turn: PendingTurn
    let session: Session
    /// Its position in the queue of its session when that was last looked at; `nil` before.
    var position: Int?
  }

  /// - Parameters:
  ///   - executor: runs the watching of a user's messages, with the user as the key.
  ///   - pause: how long there is no progress before a user is told.
  init(outbox: Outbox, executor: KeyedSerialExecutor<String>, pause: Duration) {
    self.outbox = outbox
    self.executor = executor
    self.pause = pause
  }

  /// Watches a message until it does not wait any more.
  func watch(_ turn: PendingTurn, in session: Session) {
    // Only people are told: to tell a program could start a loop.
    guard turn.target.question?.asker != nil else { return }
    let isFirst = waiting[turn.user] == nil
    waiting[turn.user, default: []].append(Waiting(turn: turn, session: session))
    if isFirst { executor.schedule(for: turn.user.rawValue) { await self.watchAll(of: turn.user) } }
  }

  private func watchAll(of user: UserID) async {
    defer { waiting[user] = nil }
    var isTold = false
    // The first look finds the positions from which progress is measured.
    _ = await hasProgress(user)
    while waiting[user]?.isEmpty == false {
      do { try await Task.sleep(for: pause) } catch { return }
      guard await !hasProgress(user), !isTold, let all = waiting[user], let oldest = all.first else { continue }
      isTold = true
      await outbox.post(
        DispatchTexts.waiting(count: all.count), to: oldest.turn.target, as: .notice(.waiting, about: oldest.turn.claim)
      )
    }
  }

  /// Looks up the positions of a user's messages, drops those that wait no more, and returns whether any is nearer to
  /// its turn.
  private func hasProgress(_ user: UserID) async -> Bool {
    var left: [Waiting] = []
    var progress = false
    let known = waiting[user] ?? []
    var positions: [SessionKey: [Claim: Int]] = [:]
    for (key, messages) in Dictionary(grouping: known, by: { $0.session.key }) {
      positions[key] = await messages[0].session.positions(of: messages.map(\.turn.claim))
    }
    for var message in known {
      guard let position = positions[message.session.key]?[message.turn.claim] else {
        progress = true
        continue
      }
      if let before = message.position, position < before { progress = true }
      message.position = position
      left.append(message)
    }
    // More may have come meanwhile.
    waiting[user] = left + (waiting[user] ?? []).dropFirst(known.count)
    return progress
  }
}
