internal import CCurl
internal import CWslay
internal import Glibc
internal import Synchronization

/// Runs all transfers of the process, HTTP and WebSocket, in one curl multi handle on one thread.
///
/// The thread belongs to this actor's executor. When no job is left, it waits for a socket, a deadline or the next job.
/// curl is told which socket is ready (`curl_multi_socket_action`), so that it need not look itself, which costs system
/// calls for each of its transfers.
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

  private struct Sleeper {
    let number: Int
    let deadline: ContinuousClock.Instant
    let continuation: CheckedContinuation<Bool, Never>
  }

  nonisolated let executor = CurlExecutor()
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private let sockets: CurlSockets
  private var transfers: [Int: Transfer] = [:]
  /// The tasks that sleep, by their deadlines.
  private var sleepers: [Sleeper] = []
  private nonisolated let lastNumber = Atomic(0)
  /// Empty between two waits; kept for its memory.
  private var polled: [pollfd] = []

  private init() {
    sockets = CurlSockets(of: executor.multi)
    executor.start {
      [self] in
      assumeIsolated { $0.advance() }
    } wait: {
      [self] in
      assumeIsolated { $0.wait() }
    }
  }

  // MARK: HTTP

  /// Returns a handle for a transfer, which ends no later than the handle is released.
  nonisolated func newHandle() -> TransferHandle { TransferHandle(id: nextNumber(), loop: self) }

  /// Starts an HTTP transfer and waits for the head of the response. Cancelling the task ends the transfer.
  nonisolated func start(
    _ request: HTTPRequest, to target: RequestTarget, settings: ConnectionSettings, isTraced: Bool = false,
    as handle: TransferHandle
  ) async -> HTTPTransfer.HeadResult {
    await result(cancelled: .failure(TransportError(.cancelled))) { [id = handle.id] loop, reader in
      do throws(TransportError) {
        let transfer = try HTTPTransfer(request, to: target, settings: settings, isTraced: isTraced)
        loop.add(.http(transfer), as: id)
        transfer.readHead(reader)
      } catch {
        reader.resume(returning: .failure(error))
      }
    } onCancel: { [id = handle.id] loop in
      loop.end(id)
    }
  }

  /// Waits for bytes of the body; `nil` is its end. Cancelling the task ends the transfer.
  nonisolated func chunk(of handle: TransferHandle) async -> HTTPTransfer.ChunkResult {
    await read(handle) { $0.readChunk($1) }
  }

  /// Waits for the end of the body, and returns what was not read of it, or `nil` if that is nothing. Cancelling the
  /// task ends the transfer.
  nonisolated func rest(of handle: TransferHandle) async -> HTTPTransfer.ChunkResult {
    await read(handle) { $0.readRest($1) }
  }

  private nonisolated func read(
    _ handle: TransferHandle,
    _ read: @escaping @Sendable (HTTPTransfer, CheckedContinuation<HTTPTransfer.ChunkResult, Never>) -> Void
  ) async -> HTTPTransfer.ChunkResult {
    await result(cancelled: .failure(TransportError(.cancelled))) { loop, reader in
      if let transfer = loop.httpTransfer(handle) {
        read(transfer, reader)
      } else {
        reader.resume(returning: .failure(TransportError(.cancelled)))
      }
    } onCancel: { [id = handle.id] loop in
      loop.end(id)
    }
  }

  func httpTransfer(_ handle: TransferHandle) -> HTTPTransfer? {
    if case .http(let transfer)? = transfers[handle.id] { transfer } else { nil }
  }

  // MARK: WebSocket

  /// Connects, and waits until the WebSocket is open. Cancelling the task ends the connection.
  nonisolated func connect(
    _ request: UpgradeRequest, to target: RequestTarget, settings: ConnectionSettings, timeLimit: Duration,
    as handle: TransferHandle
  ) async -> WebSocketTransfer.OpenResult {
    await result(cancelled: .failure(.transport(TransportError(.cancelled)))) { [id = handle.id] loop, opener in
      do throws(TransportError) {
        let transfer = try WebSocketTransfer(
          request, to: target, settings: settings, timeLimit: timeLimit, multi: loop.executor.multi)
        loop.add(.webSocket(transfer), as: id)
        transfer.waitForOpening(opener)
      } catch {
        opener.resume(returning: .failure(.transport(error)))
      }
    } onCancel: { [id = handle.id] loop in
      loop.end(id)
    }
  }

  /// Waits for the next messages. Cancelling the task ends only the wait.
  nonisolated func messages(of handle: TransferHandle, atMost count: Int) async -> WebSocketTransfer.MessagesResult {
    let reader = nextNumber()
    return await result(cancelled: .failure(.transport(TransportError(.cancelled)))) { loop, continuation in
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

  /// Starts the close handshake. The connection lasts until it ends, whether its handle is released or not.
  func close(_ code: UInt16, _ handle: TransferHandle) {
    webSocketTransfer(handle)?.close(code, keeping: handle)
  }

  private func webSocketTransfer(_ handle: TransferHandle) -> WebSocketTransfer? {
    if case .webSocket(let transfer)? = transfers[handle.id] { transfer } else { nil }
  }

  // MARK: Timers

  /// Waits until a time; returns false as soon as the task is cancelled.
  nonisolated func sleep(until deadline: ContinuousClock.Instant) async -> Bool {
    let number = nextNumber()
    return await result(cancelled: false) { loop, continuation in
      let index = loop.sleepers.lastIndex { $0.deadline <= deadline }.map { $0 + 1 } ?? 0
      loop.sleepers.insert(Sleeper(number: number, deadline: deadline, continuation: continuation), at: index)
    } onCancel: { loop in
      guard let index = loop.sleepers.firstIndex(where: { $0.number == number }) else { return }
      loop.sleepers.remove(at: index).continuation.resume(returning: false)
    }
  }

  private func wakeSleepers() {
    guard let first = sleepers.first, first.deadline <= .now else { return }
    let now = ContinuousClock.now
    let due = sleepers.prefix { $0.deadline <= now }
    sleepers.removeFirst(due.count)
    for sleeper in due { sleeper.continuation.resume(returning: true) }
  }

  // MARK: Life of a transfer

  private func add(_ transfer: Transfer, as id: Int) {
    transfer.easy.set(CURLOPT_PRIVATE, pointer: UnsafeMutableRawPointer(bitPattern: id))
    curl_multi_add_handle(executor.multi, transfer.easy.pointer)
    transfers[id] = transfer
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
  private nonisolated func nextNumber() -> Int { lastNumber.add(1, ordering: .relaxed).newValue }

  /// Waits for the result that `operation` passes to its continuation, or returns `cancelled` if the task was cancelled
  /// before. `onCancel` runs when the task is cancelled. Both run on this actor's thread: `operation` at once if the
  /// task is on it, so that it need not be enqueued.
  private nonisolated func result<Value: Sendable>(
    cancelled: Value,
    _ operation: @escaping @Sendable (isolated CurlLoop, CheckedContinuation<Value, Never>) -> Void,
    onCancel: @escaping @Sendable (isolated CurlLoop) -> Void
  ) async -> Value {
    let isCancelled = Flag()
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        perform { loop in
          // Otherwise `onCancel` comes after this: the flag is raised before it is enqueued.
          if isCancelled.isRaised { continuation.resume(returning: cancelled) } else { operation(loop, continuation) }
        }
      }
    } onCancel: {
      isCancelled.raise()
      enqueue(onCancel)
    }
  }

  private nonisolated func perform(_ operation: @escaping @Sendable (isolated CurlLoop) -> Void) {
    if executor.isCurrent { assumeIsolated(operation) } else { enqueue(operation) }
  }

  fileprivate nonisolated func enqueue(_ operation: @escaping @Sendable (isolated CurlLoop) -> Void) {
    executor.enqueue { [self] in assumeIsolated(operation) }
  }

  // MARK: One turn

  /// Does what is due: lets curl work after a time that it set, and passes on what the last wait brought.
  private func advance() {
    if sockets.isDue { sockets.act() }
    collectFinished()
    enforceDeadlines()
    wakeSleepers()
    for case .http(let transfer) in transfers.values { transfer.deliver() }
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

  /// Waits until a socket is ready, a deadline passes or a job is enqueued, and then serves the sockets that are ready.
  private func wait() {
    let now = ContinuousClock.now
    var limit = Limits.pollTimeMax
    if let time = sockets.time { limit = min(limit, time - now) }
    if let sleeper = sleepers.first { limit = min(limit, sleeper.deadline - now) }
    sockets.appendWanted(to: &polled)
    let webSocketsStart = polled.count
    var webSockets: [WebSocketTransfer] = []
    for transfer in transfers.values {
      if let deadline = transfer.deadline { limit = min(limit, deadline - now) }
      guard case .webSocket(let webSocket) = transfer, let descriptor = webSocket.poll else { continue }
      if webSocket.hasMore { limit = .zero }
      webSockets.append(webSocket)
      polled.append(descriptor)
    }
    executor.wait(for: &polled, atMost: limit)
    for descriptor in polled[..<webSocketsStart] where descriptor.revents != 0 { sockets.act(on: descriptor) }
    for (webSocket, descriptor) in zip(webSockets, polled[webSocketsStart...])
    where descriptor.revents != 0 || webSocket.hasMore {
      webSocket.move()
    }
    polled.removeAll(keepingCapacity: true)
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

  deinit { loop.enqueue { [id] loop in loop.end(id) } }
}

/// Whether something has happened, for any thread.
private final class Flag: Sendable {
  private let value = Atomic(false)

  var isRaised: Bool { value.load(ordering: .acquiring) }

  func raise() { value.store(true, ordering: .releasing) }
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
