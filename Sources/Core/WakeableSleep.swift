import Synchronization

/// A sleep that another task can end early.
package final class WakeableSleep: Sendable {
  private struct State {
    var isWoken = false
    var timer: Task<Void, Never>?
  }

  private let state = Mutex(State())

  package init() {}

  /// Sleeps until the time is over, `wake()` is called, or the task is cancelled. Returns at once if `wake()` was
  /// called since the last sleep.
  ///
  /// - Parameter duration: `nil` sleeps until it is woken.
  package func sleep(for duration: Duration?) async {
    let timer = Task { _ = try? await Task.sleep(for: duration ?? .seconds(1 << 32)) }
    let isWoken = state.withLock { state in
      state.timer = timer
      return state.isWoken
    }
    if isWoken { timer.cancel() }
    await withTaskCancellationHandler {
      await timer.value
    } onCancel: {
      timer.cancel()
    }
    state.withLock { $0 = State() }
  }

  /// Ends the sleep, or the next one if there is none.
  package func wake() {
    let timer = state.withLock { state in
      state.isWoken = true
      return state.timer
    }
    timer?.cancel()
  }
}
