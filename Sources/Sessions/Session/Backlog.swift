import Core
import Synchronization

/// Counts the messages of all conversations that are waiting or being answered, so that their number stays bounded.
final class Backlog: Sendable {
  /// Counts for one message as long as it exists.
  final class Ticket: Sendable {
    private let backlog: Backlog
    private let user: UserID

    fileprivate init(_ backlog: Backlog, _ user: UserID) {
      self.backlog = backlog
      self.user = user
    }

    deinit { backlog.leave(user) }
  }

  private struct Counts {
    var total = 0
    var ofUser: [UserID: Int] = [:]
  }

  private let counts = Mutex(Counts())

  /// The number of messages that wait or are being answered.
  var count: Int { counts.withLock(\.total) }

  /// Counts one more message of a user.
  ///
  /// - Throws: `Rejection.tooMany` if there are too many already.
  func enter(_ user: UserID) throws(Rejection) -> Ticket {
    let rejection = counts.withLock { counts -> Rejection? in
      if counts.ofUser[user, default: 0] >= Limits.backlogOfUserMax {
        return .tooMany(ofUser: true, max: Limits.backlogOfUserMax)
      }
      if counts.total >= Limits.backlogMax { return .tooMany(ofUser: false, max: Limits.backlogMax) }
      counts.total += 1
      counts.ofUser[user, default: 0] += 1
      return nil
    }
    if let rejection { throw rejection }
    return Ticket(self, user)
  }

  private func leave(_ user: UserID) {
    counts.withLock { counts in
      counts.total -= 1
      counts.ofUser.decrement(user)
    }
  }
}
