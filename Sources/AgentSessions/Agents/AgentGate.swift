import Synchronization

/// How many messages an agent is at work on. Who finds too many waits; the first to come is the first to go in.
final class AgentGate: Sendable {
  struct Waiter {
    let id: Int
    let most: Int
    let go: CheckedContinuation<Void, any Error>
  }

  struct State {
    var inside = 0
    var waiting: [Waiter] = []
    var lastID = 0

    /// Lets in whoever may go in by now.
    mutating func admitted() -> [Waiter] {
      var admitted: [Waiter] = []
      while let next = waiting.first, inside < next.most {
        inside += 1
        admitted.append(waiting.removeFirst())
      }
      return admitted
    }
  }

  let state = Mutex(State())

  /// Returns once nobody waits before the caller and fewer than `most` are inside, with the caller inside; it must `leave`.
  ///
  /// - Throws: `CancellationError` as soon as the task is cancelled; the caller is then not inside.
  func enter(atMost most: Int) async throws {
    let id = state.withLock { state in
      state.lastID += 1
      return state.lastID
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { go in
        let admitted = state.withLock { state in
          // Under the lock: a task that is cancelled later finds its waiter.
          guard !Task.isCancelled else { return nil as [Waiter]? }
          state.waiting.append(Waiter(id: id, most: most, go: go))
          return state.admitted()
        }
        if let admitted { Self.resume(admitted) } else { go.resume(throwing: CancellationError()) }
      }
    } onCancel: {
      let (gone, admitted) = state.withLock { state in
        let place = state.waiting.firstIndex { $0.id == id }
        return (place.map { state.waiting.remove(at: $0) }, state.admitted())
      }
      gone?.go.resume(throwing: CancellationError())
      Self.resume(admitted)
    }
  }

  /// Makes room for the next one.
  func leave() {
    Self.resume(
      state.withLock { state in
        state.inside -= 1
        return state.admitted()
      })
  }

  private static func resume(_ admitted: [Waiter]) {
    for waiter in admitted { waiter.go.resume() }
  }
}

/// The gates of all agents by their names: an agent that new rules declare again comes to the same one.
final class AgentGates: Sendable {
  private let gates = Mutex<[String: AgentGate]>([:])

  subscript(name: String) -> AgentGate {
    gates.withLock { gates in
      let gate = gates[name] ?? AgentGate()
      gates[name] = gate
      return gate
    }
  }
}
