import Core
import Logging
import Processes
import Synchronization

/// One end of a JSON-RPC connection with a message per line.
///
/// Notifications are delivered in their order, and before responses that follow them. Requests of the other side are
/// handled concurrently.
///
/// Specification: https://www.jsonrpc.org/specification
final class RPCPeer: Sendable {
  /// The receiver of the peer's output, and the handler of the other side's messages.
  struct Handlers: Sendable {
    /// Sends a line. Returns `false` if too many lines are waiting to be read.
    var send: @Sendable ([UInt8]) -> Bool
    /// Handles a notification.
    var notification: @Sendable (_ method: String, _ params: JSON) -> Void = { _, _ in }
    /// Handles a request and returns its result.
    var request: @Sendable (_ method: String, _ params: JSON) async throws(RPCError) -> JSON = {
      (method, _) throws(RPCError) in throw .unknown(method: method)
    }
  }

  /// A request of ours that has no response yet, or one that no caller has asked for yet.
  private enum Pending {
    case sent
    case awaited(CheckedContinuation<JSON, any Error>)
    case answered(Result<JSON, any Error>)
  }

  private struct State {
    var pending: [Int: Pending] = [:]
    var lastID = 0
    /// The tasks that handle requests of the other side.
    var handling: [Int: Task<Void, Never>] = [:]
    var lastHandling = 0
    var end: RPCConnectionError?
  }

  private let handlers: Handlers
  private let logger: Logger
  private let state = Mutex(State())
  private let input = Mutex(LineBuffer())

  init(_ handlers: Handlers, logger: Logger) {
    self.handlers = handlers
    self.logger = logger
  }

  /// Sends a request and waits for its response.
  ///
  /// - Throws: the other side's `RPCError`; `RPCConnectionError` if the connection has ended; `CancellationError`.
  func call(_ method: String, _ params: JSON) async throws -> JSON {
    let id = try send(method, params)
    // A cancelled request may never be answered.
    defer { forget(id) }
    return try await response(to: id)
  }

  private func forget(_ id: Int) {
    state.withLock { state in state.pending[id] = nil }
  }

  /// Sends a request, before anything that is sent later.
  ///
  /// - Returns: the id for `response(to:)`, which has to be called for every request.
  func send(_ method: String, _ params: JSON) throws -> Int {
    try Task.checkCancellation()
    let id = try state.withLock { state in
      if let end = state.end { throw end }
      state.lastID += 1
      state.pending[state.lastID] = .sent
      return state.lastID
    }
    send(RPCMessage.request(id, method, params))
    return id
  }

  /// Waits for the response to a request. After a cancellation, it may be waited for again.
  func response(to id: Int) async throws -> JSON {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let result: Result<JSON, any Error>? = state.withLock { state in
          switch state.pending[id] {
          case .answered(let result)?:
            state.pending[id] = nil
            return result
          case .sent? where Task.isCancelled: return .failure(CancellationError())
          case .sent?:
            state.pending[id] = .awaited(continuation)
            return nil
          case .awaited?, nil: return .failure(state.end ?? CancellationError())
          }
        }
        if let result { continuation.resume(with: result) }
      }
    } onCancel: {
      let continuation: CheckedContinuation<JSON, any Error>? = state.withLock { state in
        guard case .awaited(let continuation)? = state.pending[id] else { return nil }
        state.pending[id] = .sent
        return continuation
      }
      continuation?.resume(throwing: CancellationError())
    }
  }

  /// Sends a notification.
  func notify(_ method: String, _ params: JSON) {
    if !isClosed { send(RPCMessage.notification(method, params)) }
  }

  /// Parses the next bytes from the other side. Not to be called concurrently.
  func receive(_ bytes: [UInt8]) {
    guard !isClosed else { return }
    let (lines, isTooLong) = input.withLock { $0.append(bytes) }
    for line in lines where !isClosed { handle(line) }
    if isTooLong { close(.notUnderstood("a line exceeds \(Limits.rpcLineBytesMax) bytes")) }
  }

  var isClosed: Bool { state.withLock { $0.end != nil } }

  /// Ends the connection: all requests fail with the reason, and requests of the other side are cancelled.
  func close(_ reason: RPCConnectionError) {
    let (waiting, handling) = state.withLock { state in
      guard state.end == nil else { return ([CheckedContinuation<JSON, any Error>](), [Task<Void, Never>]()) }
      state.end = reason
      let waiting = state.pending.values.compactMap { pending in
        if case .awaited(let continuation) = pending { continuation } else { nil }
      }
      // Responses that have come are still handed out.
      state.pending = state.pending.filter { if case .answered = $0.value { true } else { false } }
      return (waiting, Array(state.handling.values))
    }
    for continuation in waiting { continuation.resume(throwing: reason) }
    for task in handling { task.cancel() }
  }

  private func handle(_ line: [UInt8]) {
    guard line.contains(where: { !" \t\r".utf8.contains($0) }) else { return }
    switch RPCMessage(line) {
    case .request(let id, let method, let params)?: handle(method, params, id: id)
    case .notification(let method, let params)?: handlers.notification(method, params)
    case .response(let id, let result)?: settle(id, .success(result))
    case .error(let id, let error)?: settle(id, .failure(error))
    case nil:
      // Some programs print a greeting before the protocol begins.
      logger.debug("line skipped", metadata: ["bytes": "\(line.count)"])
      let count = input.withLock { $0.countMalformed() }
      if count > Limits.rpcBadLinesMax { close(.notUnderstood("\(count) lines are not messages")) }
    }
  }

  private func handle(_ method: String, _ params: JSON, id: JSON) {
    let isAccepted = state.withLock { state in
      guard state.handling.count < Limits.rpcRequestsMax else { return false }
      state.lastHandling += 1
      let number = state.lastHandling
      state.handling[number] = Task {
        let result: Result<JSON, RPCError>
        do throws(RPCError) {
          result = .success(try await handlers.request(method, params))
        } catch {
          result = .failure(error)
        }
        self.state.withLock { $0.handling[number] = nil }
        if !isClosed { send(RPCMessage.response(to: id, result)) }
      }
      return true
    }
    if !isAccepted {
      send(RPCMessage.response(to: id, .failure(.failed("more than \(Limits.rpcRequestsMax) requests at once"))))
    }
  }

  private func settle(_ id: Int, _ result: Result<JSON, any Error>) {
    let continuation: CheckedContinuation<JSON, any Error>? = state.withLock { state in
      switch state.pending[id] {
      case .sent?: state.pending[id] = .answered(result)
      case .awaited(let continuation)?:
        state.pending[id] = nil
        return continuation
      case .answered?, nil: break
      }
      return nil
    }
    continuation?.resume(with: result)
  }

  private func send(_ line: [UInt8]) {
    if !handlers.send(line) { close(.notUnderstood("it does not read its input")) }
  }
}

/// The reason why a JSON-RPC connection has ended.
enum RPCConnectionError: Error, Equatable {
  /// The other side violates the protocol, or does not read.
  case notUnderstood(String)
  /// The program on the other side ended.
  case ended(String)
  /// The program for the other side cannot be started.
  case notStarted(ProcessError)
}

/// Splits input into lines.
private struct LineBuffer {
  private var line: [UInt8] = []
  private var malformed = 0

  /// Returns the lines that more bytes complete, and whether the incomplete line exceeds its limit.
  mutating func append(_ bytes: [UInt8]) -> (lines: [[UInt8]], isTooLong: Bool) {
    var lines: [[UInt8]] = []
    var rest = bytes[...]
    while let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
      line += rest[..<newline]
      lines.append(line)
      line = []
      rest = rest[(newline + 1)...]
    }
    line += rest
    return (lines, line.count > Limits.rpcLineBytesMax)
  }

  mutating func countMalformed() -> Int {
    malformed += 1
    return malformed
  }
}
