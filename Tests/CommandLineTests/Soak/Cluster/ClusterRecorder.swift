import Foundation
import Synchronization

/// Collects the events of a run from several threads.
final class ClusterRecorder: Sendable {
  private struct State {
    var events: [ClusterHistory.TimedEvent] = []
    var turns = 0
  }

  private let state = Mutex(State())

  /// What was recorded so far, in any order.
  var events: [ClusterHistory.TimedEvent] { state.withLock { $0.events } }

  func record(_ event: ClusterHistory.Event, at moment: Date = .now) {
    state.withLock { $0.events.append(.init(at: moment, event: event)) }
  }

  /// Records the start of a turn, and returns the number of the turn.
  func recordTurn(of question: Int, in gateway: Int) -> Int {
    state.withLock { state in
      state.turns += 1
      state.events.append(
        .init(at: .now, event: .turnStarted(turn: state.turns, question: question, gateway: gateway)))
      return state.turns
    }
  }
}
