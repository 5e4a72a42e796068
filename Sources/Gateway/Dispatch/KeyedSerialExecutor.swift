/// Work in order within each lane, side by side across lanes, and never more of it than a bound.
///
/// A session's messages and commands share a lane, so that what was written after `/new` is heard after it; a channel's
/// replies share another, so that a slow server delays no `/stop`.
///
/// Work never waits for room in the lanes that it runs in: were they full of work behind it, it would wait for itself.
actor KeyedSerialExecutor {
  private var capacity: Int
  private var tails: [String: Int] = [:]
  private var underWay: [Int: Task<Void, Never>] = [:]
  private var lastID = 0
  private var idleWaiters: [CheckedContinuation<Void, Never>] = []
  private var roomWaiters: [CheckedContinuation<Void, Never>] = []

  init(capacity: Int) {
    self.capacity = capacity
  }

  /// Puts work at the end of a lane; returns at once, or when there is room for it.
  func run(in lane: String, _ work: @escaping @Sendable () async -> Void) async {
    while !runIfRoom(in: lane, work) {
      await withCheckedContinuation { roomWaiters.append($0) }
    }
  }

  /// Puts work at the end of a lane, and returns what it returns.
  nonisolated func result<Value: Sendable>(
    in lane: String, of work: @escaping @Sendable () async -> Value
  ) async -> Value {
    await withCheckedContinuation { result in
      Task { await run(in: lane) { result.resume(returning: await work()) } }
    }
  }

  /// Puts work at the end of a lane if there is room for it, and says whether there was.
  func runIfRoom(in lane: String, _ work: @escaping @Sendable () async -> Void) -> Bool {
    guard underWay.count < capacity else { return false }
    lastID += 1
    let id = lastID
    let before = tails.updateValue(id, forKey: lane).flatMap { underWay[$0] }
    underWay[id] = Task {
      await before?.value
      await work()
      finished(id, in: lane)
    }
    return true
  }

  /// Lets in whoever waits for room, and whoever comes, as when the gateway ends and nothing more is read.
  func removeCapacity() {
    capacity = .max
    for waiter in roomWaiters { waiter.resume() }
    roomWaiters = []
  }

  /// Returns when nothing is under way.
  func drain() async {
    guard !underWay.isEmpty else { return }
    await withCheckedContinuation { idleWaiters.append($0) }
  }

  /// Tells all work under way that nobody waits for it any more.
  func cancel() {
    for task in underWay.values { task.cancel() }
  }

  private func finished(_ id: Int, in lane: String) {
    underWay[id] = nil
    if tails[lane] == id { tails[lane] = nil }
    if !roomWaiters.isEmpty { roomWaiters.removeFirst().resume() }
    guard underWay.isEmpty else { return }
    for waiter in idleWaiters { waiter.resume() }
    idleWaiters = []
  }
}
