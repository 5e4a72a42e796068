import Transport

/// Keeps a budget of REST calls, which all requests of the process share.
///
/// It limits concurrency: signs of overload halve the number of requests at a time, successful responses raise it
/// again, by about one for each round of them. Requests of the lowest priorities use at most half of it.
///
/// It follows the server's rate limit: after a refusal, or when the server reports that nothing remains, no request
/// starts until the wait is over. Then a single request finds out whether requests are accepted again, and the others
/// follow in the order of their priority. A server that reports no limit has none here.
actor APIRateLimiter {
  private let clock: any MonotonicClock
  /// The number of requests at a time, and its maximum.
  private var concurrency: Double
  private let concurrencyMax: Double
  private var narrowedAt: ContinuousClock.Instant?
  /// The number of requests that may start, or `nil` if no limit is known.
  private var remaining: Int?
  private var closedUntil: ContinuousClock.Instant?
  private var running = 0
  private var waiters: [Waiter] = []
  private var lastID = 0
  private var reopening: Task<Void, Never>?

  private struct Waiter {
    let id: Int
    let priority: RequestPriority
    let turn: CheckedContinuation<Bool, Never>
  }

  init(clock: any MonotonicClock, callsMax: Int = Limits.callsMax) {
    self.clock = clock
    concurrencyMax = Double(callsMax)
    concurrency = concurrencyMax
  }

  /// Waits until a request may be sent.
  ///
  /// - Returns: `true` if it may be sent, and `end` must be called after its response; `false` if it is dropped instead
  ///   of delayed, or if the task is cancelled.
  func begin(_ priority: RequestPriority) async -> Bool {
    allowProbe()
    if isOpen(to: priority), waiters.first.map({ $0.priority < priority }) ?? true {
      start()
      return true
    }
    if priority.isDroppable { return false }
    lastID += 1
    let id = lastID
    return await withTaskCancellationHandler {
      await withCheckedContinuation { turn in
        if Task.isCancelled { return turn.resume(returning: false) }
        let index = waiters.firstIndex { $0.priority < priority } ?? waiters.endIndex
        waiters.insert(Waiter(id: id, priority: priority, turn: turn), at: index)
        resumeWaiters()
      }
    } onCancel: {
      Task { await self.cancel(id) }
    }
  }

  /// Records the end of a request.
  ///
  /// - Parameters:
  ///   - headers: The rate limit that the response reports, or `nil` if there was no response.
  ///   - isOverload: Whether it is a sign that the server is overloaded.
  func end(_ headers: RateLimitHeaders?, isOverload: Bool = false) {
    running -= 1
    if isOverload {
      narrow()
    } else if headers != nil {
      concurrency = min(concurrency + 1 / concurrency, concurrencyMax)
    }
    record(headers)
  }

  /// Records the rate limit that the response to a file transfer reports. Those do not count as running.
  func record(_ headers: RateLimitHeaders?) {
    if let headers {
      // The server had not counted the running requests when it responded.
      remaining = headers.remaining.map { max($0 - running, 0) }
      if headers.isRefusal || headers.remaining == 0 { close(for: headers.wait ?? Limits.rateWaitDefault) }
    }
    resumeWaiters()
  }

  /// The time until requests may be sent again, or `nil` if they may be now.
  var wait: Duration? {
    closedUntil.map { $0 - clock.now }.flatMap { $0 > .zero ? $0 : nil }
  }

  /// The priorities of the waiting requests, in the order in which they will start.
  var waiting: [RequestPriority] { waiters.map(\.priority) }

  private func isOpen(to priority: RequestPriority) -> Bool {
    let share = priority <= .reaction ? concurrency / 2 : concurrency
    return wait == nil && remaining != 0 && running < max(1, Int(share))
  }

  private func start() {
    running += 1
    remaining = remaining.map { $0 - 1 }
  }

  private func narrow() {
    let now = clock.now
    if let narrowedAt, now - narrowedAt < Limits.overloadPause { return }
    narrowedAt = now
    concurrency = max(1, concurrency / 2)
  }

  private func close(for wait: Duration) {
    let end = clock.now + min(wait, Limits.serverWaitMax)
    closedUntil = max(closedUntil ?? end, end)
    remaining = 0
  }

  /// Lets a single request find out the limit, after the wait, if none is running whose response could report it.
  private func allowProbe() {
    if wait == nil, remaining == 0, running == 0 { remaining = 1 }
  }

  private func resumeWaiters() {
    allowProbe()
    while let first = waiters.first, isOpen(to: first.priority) {
      start()
      waiters.removeFirst().turn.resume(returning: true)
    }
    guard let wait, !waiters.isEmpty, reopening == nil else { return }
    // Never cancelled: it sleeps no longer than the server may ask for.
    reopening = Task { [clock] in
      try? await clock.sleep(for: wait)
      reopen()
    }
  }

  private func reopen() {
    reopening = nil
    resumeWaiters()
  }

  private func cancel(_ id: Int) {
    guard let index = waiters.firstIndex(where: { $0.id == id }) else { return }
    waiters.remove(at: index).turn.resume(returning: false)
  }
}

/// The rate limit that a response reports.
struct RateLimitHeaders: Sendable, Equatable {
  /// True if the request was refused for it (429).
  var isRefusal = false
  /// `X-Ratelimit-Remaining`: the number of further requests that the server accepts now.
  var remaining: Int?
  /// `X-Ratelimit-Reset`: the time until the server accepts requests again.
  var reset: Duration?
  /// `Retry-After` (RFC 9110, section 10.2.3), in seconds.
  var retryAfter: Duration?

  init(
    isRefusal: Bool = false, remaining: Int? = nil, reset: Duration? = nil, retryAfter: Duration? = nil
  ) {
    self.isRefusal = isRefusal
    self.remaining = remaining
    self.reset = reset
    self.retryAfter = retryAfter
  }

  init(_ response: HTTPResponse) {
    func number(_ header: String) -> Int? {
      // A server behind another one may send a list (`1, 1`); its first element is that of the nearest server.
      let text = response.headers[header]?.split(separator: ",").first?.filter { $0 != " " }
      return text.flatMap { Int($0) }.map { max($0, 0) }
    }
    isRefusal = response.status == 429
    remaining = number("X-Ratelimit-Remaining")
    reset = number("X-Ratelimit-Reset").map { .seconds($0) }
    retryAfter = number("Retry-After").map { .seconds($0) }
  }

  /// The time to wait before the next request.
  var wait: Duration? { retryAfter ?? reset }
}
