/// A pause that somebody may cut short.
actor WakeableSleep {
  private var isRung = false
  private var sleeper: Task<Void, Never>?

  /// Returns after a while, or at once when the alarm is rung, was rung since the last time, or the task is cancelled.
  func wait(for pause: Duration) async {
    if !isRung {
      let sleep = Task { _ = try? await Task.sleep(for: pause) }
      sleeper = sleep
      await withTaskCancellationHandler {
        await sleep.value
      } onCancel: {
        sleep.cancel()
      }
    }
    isRung = false
  }

  /// Ends the pause, or the next one where there is none.
  func ring() {
    isRung = true
    sleeper?.cancel()
  }
}
