/// So many places; who finds none waits, as long as somebody waits for it.
actor HookRoom {
  private var free: Int
  private var waiters: [(id: Int, turn: CheckedContinuation<Bool, Never>)] = []
  private var lastID = 0

  init(places: Int) { free = places }

  /// Takes a place, now or when there is one; false where the task was cancelled. One that was taken must be given back.
  func take() async -> Bool {
    if Task.isCancelled { return false }
    if free > 0 {
      free -= 1
      return true
    }
    lastID += 1
    let id = lastID
    return await withTaskCancellationHandler {
      await withCheckedContinuation { turn in
        if Task.isCancelled { return turn.resume(returning: false) }
        waiters.append((id, turn))
      }
    } onCancel: {
      Task { await self.leave(id) }
    }
  }

  /// Gives a place back.
  func give() {
    if waiters.isEmpty { free += 1 } else { waiters.removeFirst().turn.resume(returning: true) }
  }

  private func leave(_ id: Int) {
    guard let place = waiters.firstIndex(where: { $0.id == id }) else { return }
    waiters.remove(at: place).turn.resume(returning: false)
  }
}
