/// How many calls the server lets us make: one budget for all of a process.
///
/// Only so many calls are under way at once, in the order of their priority. Signs of overload halve that number, good
/// answers raise it again, by about one for each round of them. What matters least begins only while less than half of it is
/// used, so that it does not stand in the way of the rest.
///
/// After a refusal, or when the server says that nothing remains, nobody calls until the wait is over; then one call
/// goes ahead and finds out, and those that matter most follow first. A server that tells of no limit has none here.
actor APIRateLimiter {
  private let time: TimeAndChance
  /// How many calls may be under way at once, and how many at most where the server bears it.
  private var room: Double
  private let roomMax: Double
  private var narrowedAt: ContinuousClock.Instant?
  /// How many calls may begin; nil where no limit is known.
  private var allowance: Int?
  private var closedUntil: ContinuousClock.Instant?
  private var underWay = 0
  private var waiters: [Waiter] = []
  private var lastID = 0
  private var alarm: Task<Void, Never>?

  private struct Waiter {
    let id: Int
    let priority: RequestPriority
    let turn: CheckedContinuation<Bool, Never>
  }

  init(time: TimeAndChance, callsMax: Int = Limits.callsMax) {
    self.time = time
    roomMax = Double(callsMax)
    room = roomMax
  }

  /// Whether a call may be made, now or after a wait. False for one that is dropped rather than made late, and for one
  /// whose task is cancelled meanwhile. One that may be made must be followed by `end`.
  func begin(_ priority: RequestPriority) async -> Bool {
    sendScout()
    if isOpen(to: priority), waiters.first.map({ $0.priority < priority }) ?? true {
      take()
      return true
    }
    if priority.isDroppable { return false }
    lastID += 1
    let id = lastID
    return await withTaskCancellationHandler {
      await withCheckedContinuation { turn in
        if Task.isCancelled { return turn.resume(returning: false) }
        let place = waiters.firstIndex { $0.priority < priority } ?? waiters.endIndex
        waiters.insert(Waiter(id: id, priority: priority, turn: turn), at: place)
        serve()
      }
    } onCancel: {
      Task { await self.leave(id) }
    }
  }

  /// Notes what a call's answer tells; nil where there was none.
  ///
  /// - Parameter isOverload: whether it is a sign that the server has too much to do.
  func end(_ facts: RateLimitHeaders?, isOverload: Bool = false) {
    underWay -= 1
    if isOverload { narrow() } else if facts != nil { room = min(room + 1 / room, roomMax) }
    tell(facts)
  }

  /// Notes what an answer tells that nobody waited for: while a file is on its way, the others go on.
  func tell(_ facts: RateLimitHeaders?) {
    if let facts {
      // What is under way was not counted yet when the server answered.
      allowance = facts.remaining.map { max($0 - underWay, 0) }
      if facts.isRefusal || facts.remaining == 0 { close(for: facts.wait ?? Limits.rateWaitDefault) }
    }
    serve()
  }

  /// How long until calls may be made again; nil where they may.
  var wait: Duration? {
    closedUntil.map { $0 - time.now() }.flatMap { $0 > .zero ? $0 : nil }
  }

  /// Who waits, in the order in which they are let in.
  var waiting: [RequestPriority] { waiters.map(\.priority) }

  private func isOpen(to priority: RequestPriority) -> Bool {
    let share = priority <= .reaction ? room / 2 : room
    return wait == nil && allowance != 0 && underWay < max(1, Int(share))
  }

  private func narrow() {
    let now = time.now()
    if let narrowedAt, now - narrowedAt < Limits.overloadPause { return }
    narrowedAt = now
    room = max(1, room / 2)
  }

  private func take() {
    underWay += 1
    allowance = allowance.map { $0 - 1 }
  }

  private func close(for wait: Duration) {
    let end = time.now() + min(wait, Limits.serverWaitMax)
    closedUntil = max(closedUntil ?? end, end)
    allowance = 0
  }

  /// Where the wait is over and nobody is under way who could tell of an allowance, one may find out.
  private func sendScout() {
    if wait == nil, allowance == 0, underWay == 0 { allowance = 1 }
  }

  /// Lets in who may be let in, and sets the alarm for the others.
  private func serve() {
    sendScout()
    while let first = waiters.first, isOpen(to: first.priority) {
      take()
      waiters.removeFirst().turn.resume(returning: true)
    }
    guard let wait, !waiters.isEmpty, alarm == nil else { return }
    alarm = Task { [time] in
      // Cancelled never: it sleeps at most as long as the server may ask for.
      try? await time.sleep(wait)
      ring()
    }
  }

  private func ring() {
    alarm = nil
    serve()
  }

  private func leave(_ id: Int) {
    guard let place = waiters.firstIndex(where: { $0.id == id }) else { return }
    waiters.remove(at: place).turn.resume(returning: false)
  }
}
