import Sessions
import Synchronization

/// The replies that are not completely posted, and since when they are ready.
final class UnpostedReplies: Sendable {
  private let replies = Mutex<[ReplyID: ContinuousClock.Instant]>([:])

  /// Adds a reply, unless it is there.
  func add(_ reply: ReplyID) {
    let now = ContinuousClock.now
    replies.withLock { replies in
      if replies[reply] == nil { replies[reply] = now }
    }
  }

  /// Removes a reply that is posted or never will be.
  func remove(_ reply: ReplyID) { replies.withLock { $0[reply] = nil } }

  /// The number of replies, and the time since the oldest of them is ready.
  var status: (count: Int, oldestAge: Duration) {
    let (count, oldest) = replies.withLock { ($0.count, $0.values.min()) }
    return (count, oldest.map { ContinuousClock.now - $0 } ?? .zero)
  }
}
