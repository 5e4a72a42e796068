import Synchronization

/// The REST calls that a server has received.
final class CallLog: Sendable {
  struct Counts: Sendable {
    /// The calls by kind, such as `POST posts` or `GET channels/*/posts`.
    var kinds: [String: Int] = [:]
    var atOnce = 0
    var atOnceMax = 0

    var total: Int { kinds.values.reduce(0, +) }

    /// The calls after an earlier count.
    func since(_ earlier: Counts) -> Counts {
      var counts = self
      for (kind, count) in earlier.kinds { counts.kinds[kind, default: 0] -= count }
      counts.kinds = counts.kinds.filter { $0.value > 0 }
      return counts
    }

    /// The kinds with their numbers, the most frequent first.
    var text: String {
      kinds.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    }
  }

  private let state = Mutex(Counts())

  var counts: Counts { state.withLock { $0 } }

  func begin(_ kind: String) {
    state.withLock { counts in
      counts.kinds[kind, default: 0] += 1
      counts.atOnce += 1
      counts.atOnceMax = max(counts.atOnceMax, counts.atOnce)
    }
  }

  func end() { state.withLock { $0.atOnce -= 1 } }

  /// Returns the kind of a call: its method and its path with `*` for ids.
  static func kind(_ method: String, _ path: String) -> String {
    let parts = path.split(separator: "/").dropFirst(2).map { $0.utf8.count == 26 ? "*" : String($0) }
    return "\(method) \(parts.joined(separator: "/"))"
  }
}
