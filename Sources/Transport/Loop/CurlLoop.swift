internal import CCurl
internal import CWslay
internal import Glibc

/// Runs all transfers of the process, HTTP and WebSocket, in one curl multi handle on one thread.
///
/// The thread belongs to this actor's executor. Between two jobs of the actor it lets curl work, and then waits for a
/// socket, a deadline or the next job.
actor CurlLoop {
  /// The only loop. Its thread runs until the process ends.
  static let shared = CurlLoop()

  private enum Transfer {
    case http(HTTPTransfer)
    case webSocket(WebSocketTransfer)

    var easy: EasyHandle {
      switch self {
      case .http(let transfer): transfer.easy
      case .webSocket(let transfer): transfer.easy
      }
    }

    var deadline: ContinuousClock.Instant? {
      switch self {
      case .http(let transfer): transfer.deadline
      case .webSocket(let transfer): transfer.deadline
      }
    }
  }

  private nonisolated let executor = CurlExecutor()
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private var transfers: [Int: Transfer] = [:]
  private var lastNumber = 0

  private init() {
    executor.start { [self] in assumeIsolated { $0.runOnce() } }
  }

  // MARK: HTTP

  /// Starts an HTTP transfer. It ends no later than its handle is released.
  func start(
    _ request: HTTPRequest, to target: RequestTarget, settings: ConnectionSettings, isTraced: Bool = false
  ) throws(TransportError) -> TransferHandle {
    add(.http(try HTTPTransfer(request, to: target, settings: settings, isTraced: isTraced)))
  }

  /// Waits for the head of the response. Cancelling the task ends the transfer.
  func head(of handle: TransferHandle) async -> HTTPTransfer.HeadResult {
    await result { loop, reader in
      if let transfer = loop.httpTransfer(handle) {
        transfer.readHead(reader)
      } else {
        reader.resume(returning: .failure(TransportError(.cancelled)))
      }
    } onCancel: { loop in
      loop.end(handle.id)
    }
  }

  /// Waits for bytes of the body; `nil` is its end. Cancelling the task ends the transfer.
  func chunk(of handle: TransferHandle) async -> HTTPTransfer.ChunkResult {
    await result { loop, reader in
      if let transfer = loop.httpTransfer(handle) {
        transfer.readChunk(reader)
      } else {
        reader.resume(returning: .failure(TransportError(.cancelled)))
      }
    } onCancel: { loop in
      loop.end(handle.id)
    }
  }

  func httpTransfer(_ handle: TransferHandle) -> HTTPTransfer? {
    if case .http(let transfer)? = transfers[handle.id] { transfer } else { nil }
  }

  // MARK: WebSocket

  /// Starts to connect. The connection ends no later than its handle is released.
  func connect(
    _ request: UpgradeRequest, to target: RequestTarget, settings: ConnectionSettings, timeLimit: Duration
  ) throws(TransportError) -> TransferHandle {
    let transfer = try WebSocketTransfer(
      request, to: target, settings: settings, timeLimit: timeLimit, multi: executor.multi)
    return add(.webSocket(transfer))
  }

  /// Waits until the WebSocket is open. Cancelling the task ends the connection.
  func opening(of handle: TransferHandle) async -> WebSocketTransfer.OpenResult {
    await result { loop, opener in
      if let transfer = loop.webSocketTransfer(handle) {
        transfer.waitForOpening(opener)
      } else {
        opener.resume(returning: .failure(.transport(TransportError(.cancelled))))
      }
    } onCancel: { loop in
      loop.end(handle.id)
    }
  }

  /// Waits for the next messages. Cancelling the task ends only the wait.
  func messages(of handle: TransferHandle, atMost count: Int) async -> WebSocketTransfer.MessagesResult {
    let reader = nextNumber()
    return await result { loop, continuation in
      if let transfer = loop.webSocketTransfer(handle) {
        transfer.read(atMost: count, for: reader, continuation)
      } else {
        continuation.resume(returning: .failure(.transport(TransportError(.cancelled))))
      }
    } onCancel: { loop in
      loop.webSocketTransfer(handle)?.stopReading(reader)
    }
  }

  /// Queues a message.
  func send(_ opcode: wslay_opcode, _ bytes: [UInt8], over handle: TransferHandle) throws(WebSocketError) {
    guard let transfer = webSocketTransfer(handle) else { throw .transport(TransportError(.cancelled)) }
    try transfer.send(opcode, bytes)
  }

  /// Performs the close handshake, or closes at once if the task is cancelled.
  func close(_ code: UInt16, _ handle: TransferHandle) async {
    await result { loop, closer in
      if let transfer = loop.webSocketTransfer(handle) { transfer.close(code, closer) } else { closer.resume() }
    } onCancel: { loop in
      loop.end(handle.id)
    }
  }

  private func webSocketTransfer(_ handle: TransferHandle) -> WebSocketTransfer? {
    if case .webSocket(let transfer)? = transfers[handle.id] { transfer } else { nil }
  }

  // MARK: Life of a transfer

  private func add(_ transfer: Transfer) -> TransferHandle {
    let id = nextNumber()
    transfer.easy.set(CURLOPT_PRIVATE, pointer: UnsafeMutableRawPointer(bitPattern: id))
    curl_multi_add_handle(executor.multi, transfer.easy.pointer)
    transfers[id] = transfer
    return TransferHandle(id: id, loop: self)
  }

  /// Ends a transfer and closes its connection, unless it has ended.
  fileprivate func end(_ id: Int) {
    switch transfers.removeValue(forKey: id) {
    case .http(let transfer)?: end(transfer, .failure(TransportError(.cancelled)))
    case .webSocket(let transfer)?: transfer.finish(.transport(TransportError(.cancelled)))
    case nil: break
    }
  }

  private func end(_ transfer: HTTPTransfer, _ result: Result<Void, TransportError>) {
    curl_multi_remove_handle(executor.multi, transfer.easy.pointer)
    transfer.finish(result)
  }

  /// Returns a number that no other call has returned.
  private func nextNumber() -> Int {
    lastNumber += 1
    return lastNumber
  }

  /// Waits for the result that `operation` passes to its continuation. `onCancel` runs on this actor when the task is
  /// cancelled.
  ///
  /// `operation` takes the actor as an isolated parameter because a closure that merely appears in a method of an
  /// actor, and captures nothing of it, runs wherever `withTaskCancellationHandler` runs it (Swift 6.3), and the
  /// compiler still lets it access the state of this actor.
  private func result<Value: Sendable>(
    _ operation: (isolated CurlLoop, CheckedContinuation<Value, Never>) -> Void,
    onCancel: @escaping @Sendable (isolated CurlLoop) -> Void
  ) async -> Value {
    await withTaskCancellationHandler {
      await withCheckedContinuation { operation(self, $0) }
    } onCancel: {
      Task { await onCancel(self) }
    }
  }

  // MARK: One iteration

  private func runOnce() {
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
      switch transfers[Int(bitPattern: context)] {
      case .http(let transfer)?:
        transfer.finish(message.data.result)
        curl_multi_remove_handle(executor.multi, easy)
      case .webSocket(let transfer)?: transfer.connected(message.data.result)
      case nil: break
      }
    }
  }

  private func enforceDeadlines() {
    let now = ContinuousClock.now
    for transfer in transfers.values {
      guard let deadline = transfer.deadline, deadline <= now else { continue }
      switch transfer {
      case .http(let transfer): if transfer.isIdle(at: now) { end(transfer, .failure(transfer.idleError)) }
      case .webSocket(let transfer): transfer.expire()
      }
    }
  }

  /// Waits until a socket is ready, a deadline passes or a job is enqueued, and then serves the WebSockets that are
  /// ready.
  private func wait() {
    let now = ContinuousClock.now
    var limit = Limits.pollTimeMax
    var webSockets: [WebSocketTransfer] = []
    var polled: [curl_waitfd] = []
    for transfer in transfers.values {
      if let deadline = transfer.deadline { limit = min(limit, deadline - now) }
      guard case .webSocket(let webSocket) = transfer, let descriptor = webSocket.poll else { continue }
      if webSocket.hasMore { limit = .zero }
      webSockets.append(webSocket)
      polled.append(descriptor)
    }
    curl_multi_poll(executor.multi, &polled, UInt32(polled.count), Int32(clamping: limit.curlMilliseconds), nil)
    for (webSocket, descriptor) in zip(webSockets, polled) where descriptor.revents != 0 || webSocket.hasMore {
      webSocket.move()
    }
  }
}

/// Keeps a transfer alive: the loop ends it when the last reference to its handle is released.
final class TransferHandle: Sendable {
  let id: Int
  let loop: CurlLoop

  fileprivate init(id: Int, loop: CurlLoop) {
    self.id = id
    self.loop = loop
  }

  deinit {
    Task { [loop, id] in await loop.end(id) }
  }
}

extension CurlLoop {
  /// Returns the trace of a transfer that has ended.
  func trace(
    of handle: TransferHandle, _ settings: ConnectionSettings, _ result: Result<HTTPResponse, TransportError>
  ) -> ConnectionTrace {
    let transfer = httpTransfer(handle)
    return ConnectionTrace(
      reached: max(transfer?.easy.reached ?? .nothing, ConnectionTrace.reached(result)),
      address: transfer?.easy.remoteAddress ?? "",
      proxyVariable: transfer?.proxyVariables.last { $0.lowercased() != "no_proxy" },
      certificateExpiry: transfer?.easy.certificateExpiry, certificateVariables: settings.certificateVariables,
      result: result)
  }
}
