internal import CCurl
internal import CWslay
internal import Glibc

/// The curl side of a WebSocket connection, from connecting to its end. Used on the curl thread only.
final class WebSocketTransfer {
  typealias OpenResult = Result<Void, WebSocketError>
  typealias MessagesResult = Result<[WebSocketMessage], WebSocketError>

  private struct Reader {
    let number: Int
    /// The number of messages to read at once.
    let count: Int
    let continuation: CheckedContinuation<MessagesResult, Never>
  }

  private enum Phase {
    /// curl looks up the name and sets up TCP, proxy and TLS.
    case connecting
    /// The upgrade request is being sent and its response received.
    case upgrading(unsent: ArraySlice<UInt8>, UpgradeResponseParser)
    case open(FrameCodec)
    /// The connection has ended. Messages that arrived before can still be read.
    case ended(WebSocketError, MessageQueue)
  }

  let easy: EasyHandle
  private let multi: UnsafeMutableRawPointer
  private let host: String
  private let request: UpgradeRequest
  private let sendBuffer = SendBuffer()
  private let timeLimit: Duration
  private var phase = Phase.connecting
  /// The time limit of connecting, of the upgrade, or of the close handshake.
  private(set) var deadline: ContinuousClock.Instant?
  private var wasOpened = false

  private var opener: CheckedContinuation<OpenResult, Never>?
  private var readers: [Reader] = []
  /// The owner of the connection, which is kept until the close handshake has ended.
  private var owner: AnyObject?

  init(
    _ request: UpgradeRequest, to target: RequestTarget, settings: ConnectionSettings, timeLimit: Duration,
    multi: UnsafeMutableRawPointer
  ) throws(TransportError) {
    easy = try EasyHandle(to: target, settings: settings, timeLimit: timeLimit)
    easy.setConnectOnly()
    self.multi = multi
    self.request = request
    self.timeLimit = timeLimit
    host = target.host
    deadline = .now + timeLimit
  }

  // MARK: Events of the loop

  /// Starts the upgrade, or ends the connection if curl could not connect.
  func connected(_ code: CURLcode) {
    guard case .connecting = phase else { return }
    guard code == CURLE_OK else { return finish(.transport(TransportError(code, of: easy, host: host))) }
    phase = .upgrading(unsent: request.bytes[...], UpgradeResponseParser(request))
    move()
  }

  /// Reads and writes everything that does not block.
  func move() {
    switch phase {
    case .connecting, .ended: return
    case .upgrading(let unsent, let parser): upgrade(unsent, parser)
    case .open(let codec):
      codec.isAwaited = !readers.isEmpty
      if let ending = codec.move() { return finish(ending) }
      deliver()
      // The next reader finds no message before the fault any more.
      if codec.hasFault, !readers.isEmpty { move() }
    }
  }

  /// The socket and the events to poll it for, or `nil` if there is nothing to wait for.
  var poll: pollfd? {
    let interest: (read: Bool, write: Bool)
    switch phase {
    case .connecting, .ended: return nil
    case .upgrading(let unsent, _): interest = (true, !unsent.isEmpty || !sendBuffer.isEmpty)
    case .open(let codec): interest = codec.interest
    }
    // Without any event, poll would still report a hang-up, over and over.
    guard interest.read || interest.write, let socket = easy.socket else { return nil }
    let events = (interest.read ? POLLIN : 0) | (interest.write ? POLLOUT : 0)
    return pollfd(fd: socket, events: Int16(events), revents: 0)
  }

  /// True if `move` must be called again without waiting for the socket.
  var hasMore: Bool { if case .open(let codec) = phase { codec.hasMore } else { false } }

  /// Ends the connection because its deadline has passed.
  func expire() {
    switch phase {
    case .connecting: finish(.transport(timedOut("connecting")))
    case .upgrading(_, let parser): finish(parser.end(.transport(timedOut("the response to the upgrade"))))
    case .open: finish(.closed(code: nil, reason: "the server did not answer the close frame"))
    case .ended: break
    }
  }

  private func timedOut(_ step: String) -> TransportError {
    TransportError(.timedOut, "\(host): \(step) took longer than \(timeLimit)")
  }

  // MARK: Upgrade

  private func upgrade(_ unsent: ArraySlice<UInt8>, _ parser: UpgradeResponseParser) {
    var (unsent, parser) = (unsent, parser)
    while !unsent.isEmpty || !sendBuffer.isEmpty {
      unsent = unsent.dropFirst(unsent.withUnsafeBytes(sendBuffer.append))
      switch sendBuffer.flush(to: easy) {
      case .failed(let code): return finish(.transport(TransportError(code, of: easy, host: host)))
      case nil: continue
      default: break
      }
      break
    }

    var progress = UpgradeResponseParser.Progress.reading
    while case .reading = progress {
      let result = withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
        let result = easy.receive(into: buffer)
        if case .bytes(let count) = result { progress = parser.add(buffer[..<count]) }
        return result
      }
      switch result {
      case .bytes: continue
      case .wouldBlock:
        if parser.refusal != nil { deadline = min(deadline ?? .now, .now + Limits.refusalTime) }
        phase = .upgrading(unsent: unsent, parser)
        return
      case .end: return finish(parser.end(.badHandshake("the server ended the connection without a complete response")))
      case .failed(let code):
        return finish(parser.end(.transport(TransportError(code, of: easy, host: host))))
      }
    }
    switch progress {
    case .reading: break
    case .failed(let error): finish(error)
    case .accepted(let rest): open(early: rest)
    }
  }

  private func open(early: [UInt8]) {
    do throws(WebSocketError) {
      phase = .open(try FrameCodec(over: easy, sending: sendBuffer, early: early))
      deadline = nil
      wasOpened = true
      opener?.resume(returning: .success(()))
      opener = nil
      move()
    } catch {
      finish(error)
    }
  }

  // MARK: Calls of the owner

  /// Resumes the continuation after the WebSocket was opened, or could not be.
  func waitForOpening(_ continuation: CheckedContinuation<OpenResult, Never>) {
    switch phase {
    case .connecting, .upgrading: opener = continuation
    case .open: continuation.resume(returning: .success(()))
    // If it was opened and has ended since, there may be messages to read.
    case .ended(let error, _): continuation.resume(returning: wasOpened ? .success(()) : .failure(error))
    }
  }

  /// Passes on the next messages, now or when one arrives. `reader` is the argument of `stopReading`.
  func read(
    atMost count: Int, for reader: Int, _ continuation: CheckedContinuation<MessagesResult, Never>
  ) {
    readers.append(Reader(number: reader, count: count, continuation: continuation))
    guard case .open(let codec) = phase else { return deliver() }
    let wasFull = codec.received.isFull
    deliver()
    if wasFull && !codec.received.isFull || codec.hasFault { move() }
  }

  /// Removes a reader whose task was cancelled. The connection stays open.
  func stopReading(_ reader: Int) {
    guard let index = readers.firstIndex(where: { $0.number == reader }) else { return }
    readers.remove(at: index).continuation.resume(returning: .failure(.transport(TransportError(.cancelled))))
  }

  /// Queues a message.
  func send(_ opcode: wslay_opcode, _ bytes: [UInt8]) throws(WebSocketError) {
    switch phase {
    case .ended(let error, _): throw error
    case .connecting, .upgrading: throw .transport(TransportError(.connectionLost, "the WebSocket is not open"))
    case .open(let codec):
      do throws(WebSocketError) {
        try codec.queue(opcode, bytes)
      } catch {
        if case .transport = error { finish(error) }
        throw error
      }
      move()
    }
  }

  /// Starts the close handshake (RFC 6455, section 7.1.2), and keeps the connection's owner until its end.
  func close(_ code: UInt16, keeping owner: AnyObject) {
    guard case .open(let codec) = phase else { return finish(.transport(TransportError(.cancelled))) }
    self.owner = owner
    codec.queueClose(code)
    deadline = deadline ?? .now + Limits.closeTime
    move()
  }

  /// Closes the connection and resumes all continuations, unless it has ended.
  func finish(_ error: WebSocketError) {
    var unread = MessageQueue()
    switch phase {
    case .ended: return
    case .open(let codec): unread = codec.received
    case .connecting, .upgrading: break
    }
    phase = .ended(error, unread)
    deadline = nil
    // Closes the socket.
    curl_multi_remove_handle(multi, easy.pointer)
    opener?.resume(returning: .failure(error))
    opener = nil
    deliver()
    owner = nil
  }

  private func deliver() {
    while let reader = readers.first {
      let result: MessagesResult
      switch phase {
      case .connecting, .upgrading: return
      case .open(let codec):
        guard !codec.received.isEmpty else { return }
        result = .success(codec.received.removeFirst(atMost: reader.count))
      case .ended(let error, var unread):
        let messages = unread.removeFirst(atMost: reader.count)
        phase = .ended(error, unread)
        result = messages.isEmpty ? .failure(error) : .success(messages)
      }
      readers.removeFirst()
      reader.continuation.resume(returning: result)
    }
  }
}
