import Core
import Logging
import Processes

/// One end of a dialogue in JSON-RPC, a message a line.
///
/// What the other side tells is handed on in the order in which it comes, and before the answers that come behind it; what
/// it asks for is worked on beside.
actor RPCPeer {
  /// What becomes of the dialogue's lines, and of what the other side says.
  struct Ends: Sendable {
    /// Sends a line; false where there is no room for it.
    var send: @Sendable ([UInt8]) -> Bool
    /// Hears what the other side tells.
    var notice: @Sendable (String, JSON) -> Void
    /// Does what the other side asks for.
    var handle: @Sendable (String, JSON) async throws(RPCError) -> JSON
  }

  /// A request that was sent.
  private enum Asked {
    case sent
    case awaited(CheckedContinuation<JSON, any Error>)
    case answered(Result<JSON, any Error>)
  }

  private let ends: Ends
  private let logger: Logger
  private var line: [UInt8] = []
  private var asked: [Int: Asked] = [:]
  private var lastID = 0
  private var working = 0
  private var badLines = 0
  private var end: RPCConnectionError?

  init(_ ends: Ends, logger: Logger) {
    self.ends = ends
    self.logger = logger
  }

  /// Asks the other side for something and waits for the answer; whoever needs a limit sets one.
  ///
  /// - Throws: `RPCError` as the other side says it, `RPCEnd` where the dialogue is over, `CancellationError`.
  func ask(_ method: String, _ params: JSON) async throws -> JSON { try await answer(to: try send(method, params)) }

  /// Sends a request, before whatever is said from here on, and returns the number by which its answer is waited for. Whoever
  /// sends one waits for it.
  func send(_ method: String, _ params: JSON) throws -> Int {
    if let end { throw end }
    try Task.checkCancellation()
    lastID += 1
    asked[lastID] = .sent
    send(RPCMessage.request(lastID, method, params))
    return lastID
  }

  /// Waits for the answer to a request.
  func answer(to id: Int) async throws -> JSON {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { waiter in
        switch asked[id] {
        case .answered(let result)?:
          asked[id] = nil
          waiter.resume(with: result)
        case .sent?: asked[id] = .awaited(waiter)
        case .awaited?, nil: waiter.resume(throwing: end ?? CancellationError())
        }
      }
    } onCancel: {
      Task { await self.settle(id, .failure(CancellationError())) }
    }
  }

  /// Tells the other side something.
  func tell(_ method: String, _ params: JSON) {
    if end == nil { send(RPCMessage.notice(method, params)) }
  }

  /// Takes the next bytes of the other side.
  func take(_ bytes: [UInt8]) {
    guard end == nil else { return }
    var rest = bytes[...]
    while end == nil, let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
      line += rest[..<newline]
      rest = rest[rest.index(after: newline)...]
      read(line)
      line.removeAll(keepingCapacity: line.count <= Self.keptCapacity)
    }
    line += rest
    if line.count > Limits.rpcLineBytesMax {
      close(.notUnderstood("a line is longer than \(Limits.rpcLineBytesMax) bytes"))
    }
  }

  /// Whether nothing can be said any more.
  var isOver: Bool { end != nil }

  /// Ends the dialogue for whoever waits in it.
  func close(_ reason: RPCConnectionError) {
    guard end == nil else { return }
    end = reason
    for id in asked.keys { settle(id, .failure(reason)) }
    line = []
  }

  private func read(_ line: [UInt8]) {
    guard line.contains(where: { !" \t\r".utf8.contains($0) }) else { return }
    switch RPCMessage(line) {
    case .request(let id, let method, let params)?: work(on: id, method, params)
    case .notice(let method, let params)?: ends.notice(method, params)
    case .answer(let id, let result)?: settle(id, .success(result))
    case .failure(let id, let error)?: settle(id, .failure(error))
    case nil:
      // Some programs greet on standard output before they talk.
      badLines += 1
      logger.debug("line passed over", metadata: ["bytes": "\(line.count)"])
      if badLines > Limits.rpcBadLinesMax { close(.notUnderstood("\(badLines) lines are no messages")) }
    }
  }

  private func work(on id: JSON, _ method: String, _ params: JSON) {
    guard working < Limits.rpcRequestsMax else {
      return send(RPCMessage.reply(to: id, .failure(.failed("more than \(Limits.rpcRequestsMax) requests at once"))))
    }
    working += 1
    Task {
      let result: Result<JSON, RPCError>
      do throws(RPCError) {
        result = .success(try await ends.handle(method, params))
      } catch {
        result = .failure(error)
      }
      working -= 1
      if end == nil { send(RPCMessage.reply(to: id, result)) }
    }
  }

  private func settle(_ id: Int, _ result: Result<JSON, any Error>) {
    switch asked[id] {
    case .sent?: asked[id] = .answered(result)
    case .awaited(let waiter)?:
      asked[id] = nil
      waiter.resume(with: result)
    case .answered?, nil: break
    }
  }

  private func send(_ line: [UInt8]) {
    if !ends.send(line) { close(.notUnderstood("it does not read what it is told")) }
  }

  /// More room than this for a line is given back.
  private static let keptCapacity = 64 * 1024
}

/// Why a dialogue is over.
enum RPCConnectionError: Error, Equatable {
  /// The other side says what cannot be understood, or does not listen.
  case notUnderstood(String)
  /// The program behind it ended.
  case ended(String)
  /// The program behind it cannot be started.
  case notStarted(ProcessError)
}
