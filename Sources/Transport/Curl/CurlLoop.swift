internal import CCurl
internal import Glibc

/// All of curl in this process: the exchanges and WebSocket connections under way, on one thread that belongs to this
/// actor. Between jobs the thread lets curl work, then waits for sockets, time or the next job.
actor CurlLoop {
  /// The loop of this process. It lives, and its thread waits, until the process ends.
  static let shared = CurlLoop()

  /// What is under way.
  enum Transfer {
    case exchange(HTTPTransfer)
    case socket(WebSocketTransfer)

    var easy: EasyHandle {
      switch self {
      case .exchange(let exchange): exchange.easy
      case .socket(let socket): socket.easy
      }
    }

    var deadline: ContinuousClock.Instant? {
      switch self {
      case .exchange(let exchange): exchange.deadline
      case .socket(let socket): socket.deadline
      }
    }
  }

  nonisolated let executor = CurlExecutor()
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private var works: [Int: Transfer] = [:]
  private var lastNumber = 0

  private init() {
    executor.start { [self] in assumeIsolated { $0.turn() } }
  }

  // MARK: What is under way

  /// Hands a piece of work to curl. It ends when the lease is dropped, if not before.
  func add(_ work: Transfer) -> TransferHandle {
    let id = nextNumber()
    work.easy.set(CURLOPT_PRIVATE, pointer: UnsafeMutableRawPointer(bitPattern: id))
    curl_multi_add_handle(executor.multi, work.easy.pointer)
    works[id] = work
    return TransferHandle(id: id, loop: self)
  }

  func exchange(_ lease: TransferHandle) -> HTTPTransfer? {
    if case .exchange(let exchange)? = works[lease.id] { exchange } else { nil }
  }

  func socket(_ lease: TransferHandle) -> WebSocketTransfer? {
    if case .socket(let socket)? = works[lease.id] { socket } else { nil }
  }

  /// Ends a piece of work and closes its connection, unless it is already over.
  func drop(_ id: Int) {
    switch works.removeValue(forKey: id) {
    case .exchange(let exchange)?: end(exchange, .failure(TransportError(.cancelled)))
    case .socket(let socket)?: socket.finish(.transport(TransportError(.cancelled)))
    case nil: break
    }
  }

  private func end(_ exchange: HTTPTransfer, _ result: Result<Void, TransportError>) {
    curl_multi_remove_handle(executor.multi, exchange.easy.pointer)
    exchange.finish(result)
  }

  /// Waits for the answer to a question that is asked on this actor; `onCancel` runs on it, too, when the task is
  /// cancelled.
  ///
  /// The question takes the actor as an isolated parameter for a reason. A closure that merely stands in an actor's
  /// method, and names nothing of the actor, runs wherever `withTaskCancellationHandler` likes (Swift 6.3), and the
  /// compiler lets it touch what belongs to this thread.
  func answer<Answer: Sendable>(
    _ ask: (isolated CurlLoop, CheckedContinuation<Answer, Never>) -> Void,
    onCancel: @escaping @Sendable (isolated CurlLoop) -> Void
  ) async -> Answer {
    await withTaskCancellationHandler {
      await withCheckedContinuation { ask(self, $0) }
    } onCancel: {
      Task { await onCancel(self) }
    }
  }

  /// A number that no other call has returned.
  func nextNumber() -> Int {
    lastNumber += 1
    return lastNumber
  }

  // MARK: The turn

  private func turn() {
    var running: Int32 = 0
    curl_multi_perform(executor.multi, &running)
    collectFinished()
    enforceDeadlines()
    wait()
  }

  private func collectFinished() {
    var left: Int32 = 0
    while let message = curl_multi_info_read(executor.multi, &left)?.pointee {
      guard message.msg == CURLMSG_DONE, let easy = message.easy_handle else { continue }
      var context: UnsafeMutableRawPointer?
      guard curlGetPointer(easy, CURLINFO_PRIVATE, &context) == CURLE_OK else { continue }
      switch works[Int(bitPattern: context)] {
      case .exchange(let exchange)?:
        exchange.finish(message.data.result)
        curl_multi_remove_handle(executor.multi, easy)
      case .socket(let socket)?: socket.connected(message.data.result)
      case nil: break
      }
    }
  }

  private func enforceDeadlines() {
    let now = ContinuousClock.now
    for work in works.values {
      guard let deadline = work.deadline, deadline <= now else { continue }
      switch work {
      case .exchange(let exchange): if exchange.isIdle(at: now) { end(exchange, .failure(exchange.idleError)) }
      case .socket(let socket): socket.expire()
      }
    }
  }

  /// Waits until a socket is ready, a deadline comes or a job is enqueued; then lets the ready WebSockets work.
  private func wait() {
    let now = ContinuousClock.now
    var limit = Limits.pollTimeMax
    var sockets: [WebSocketTransfer] = []
    var polled: [curl_waitfd] = []
    for work in works.values {
      if let deadline = work.deadline { limit = min(limit, deadline - now) }
      guard case .socket(let socket) = work else { continue }
      guard let descriptor = socket.poll else { continue }
      if socket.hasMore { limit = .zero }
      sockets.append(socket)
      polled.append(descriptor)
    }
    curl_multi_poll(executor.multi, &polled, UInt32(polled.count), Int32(clamping: limit.milliseconds), nil)
    for (socket, descriptor) in zip(sockets, polled) where descriptor.revents != 0 || socket.hasMore {
      socket.move()
    }
  }
}
