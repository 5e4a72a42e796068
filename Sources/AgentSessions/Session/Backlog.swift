import Synchronization

/// Counts the messages of all conversations that were taken in and are not answered, so that their number stays bounded.
final class Backlog: Sendable {
  /// Counts for one message as long as it lives.
  final class Ticket: Sendable {
    private let backlog: Backlog
    private let user: String

    fileprivate init(_ backlog: Backlog, _ user: String) {
      self.backlog = backlog
      self.user = user
    }

    deinit { backlog.leave(user) }
  }

  private struct Counts {
    var total = 0
    var ofUser: [String: Int] = [:]
  }

  private let counts = Mutex(Counts())

  /// Counts one more message of a user.
  ///
  /// - Throws: `Rejection.tooMany` where there are too many already.
  func enter(_ user: String) throws(Rejection) -> Ticket {
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

  private func leave(_ user: String) {
    counts.withLock { counts in
      counts.total -= 1
      counts.ofUser[user] = counts.ofUser[user].flatMap { $0 > 1 ? $0 - 1 : nil }
    }
  }
}
