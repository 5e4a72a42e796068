internal import CCurl
internal import CWslay

/// One WebSocket connection as the curl thread sees it, from connecting to its end; only that thread touches it.
final class WebSocketTransfer {
  typealias OpenResult = Result<Void, WebSocketError>
  typealias MessagesResult = Result<[WebSocketMessage], WebSocketError>

  private struct Reader {
    let ticket: Int
    /// How many messages it takes at once.
    let most: Int
    let continuation: CheckedContinuation<MessagesResult, Never>
  }

  private enum Phase {
    /// curl is at work: name, TCP, proxy, TLS.
    case connecting
    /// The upgrade request goes out; the answer comes in.
    case upgrading(unsent: ArraySlice<UInt8>, UpgradeResponseParser)
    /// Frames go both ways.
    case open(FrameCodec)
    /// Over. What has come in before is still to be read.
    case over(WebSocketError, MessageQueue)
  }

  let easy: EasyHandle
  private let multi: UnsafeMutableRawPointer
  private let host: String
  private let request: UpgradeRequest
  private let outgoing = SendBuffer()
  private let timeLimit: Duration
  private var phase = Phase.connecting
  /// When the upgrade, or the close handshake, has taken too long.
  private(set) var deadline: ContinuousClock.Instant?
  private var wasOpened = false

  private var opener: CheckedContinuation<OpenResult, Never>?
  private var readers: [Reader] = []
  private var closers: [CheckedContinuation<Void, Never>] = []

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

  // MARK: What the loop reports

  /// curl has connected, or has not.
  func connected(_ code: CURLcode) {
    guard case .connecting = phase else { return }
    guard code == CURLE_OK else { return finish(.transport(TransportError(code, of: easy, host: host))) }
    phase = .upgrading(unsent: request.bytes[...], UpgradeResponseParser(request))
    move()
  }

  /// Reads and writes what can be read and written now.
  func move() {
    switch phase {
    case .connecting, .over: return
    case .upgrading(let unsent, let reader): upgrade(unsent, reader)
    case .open(let session):
      session.isAwaited = !readers.isEmpty
      if let ending = session.move() { finish(ending) } else { deliver() }
    }
  }

  /// The socket and what to poll it for; nil if there is nothing to wait for.
  var poll: curl_waitfd? {
    let interest: (read: Bool, write: Bool)
    switch phase {
    case .connecting, .over: return nil
    case .upgrading(let unsent, _): interest = (true, !unsent.isEmpty || !outgoing.isEmpty)
    case .open(let session): interest = session.interest
    }
    // With no interest, poll would still report a hang-up, again and again.
    guard interest.read || interest.write, let socket = easy.socket else { return nil }
    let events = (interest.read ? CURL_WAIT_POLLIN : 0) | (interest.write ? CURL_WAIT_POLLOUT : 0)
    return curl_waitfd(fd: socket, events: Int16(events), revents: 0)
  }

  /// Whether the next turn has to go on at once.
  var hasMore: Bool { if case .open(let session) = phase { session.hasMore } else { false } }

  /// The deadline is over.
  func expire() {
    switch phase {
    case .connecting: finish(.transport(timedOut("connecting")))
    case .upgrading(_, let reader): finish(reader.end(.transport(timedOut("the answer to the upgrade"))))
    case .open: finish(.closed(code: nil, reason: "the server did not answer the close frame"))
    case .over: break
    }
  }

  private func timedOut(_ what: String) -> TransportError {
    TransportError(.timedOut, "\(host): \(what) took longer than \(timeLimit)")
  }

  // MARK: Upgrading

  private func upgrade(_ unsent: ArraySlice<UInt8>, _ reader: UpgradeResponseParser) {
    var (unsent, reader) = (unsent, reader)
    while !unsent.isEmpty || !outgoing.isEmpty {
      unsent = unsent.dropFirst(unsent.withUnsafeBytes(outgoing.append))
      switch outgoing.flush(to: easy) {
      case .failed(let code): return finish(.transport(TransportError(code, of: easy, host: host)))
      case nil: continue
      default: break
      }
      break
    }

    var progress = UpgradeResponseParser.Progress.reading
    while case .reading = progress {
      let moved = withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
        let moved = easy.receive(into: buffer)
        if case .bytes(let count) = moved { progress = reader.add(buffer[..<count]) }
        return moved
      }
      switch moved {
      case .bytes: continue
      case .wouldBlock:
        if reader.refusal != nil { deadline = min(deadline ?? .now, .now + Limits.refusalTime) }
        phase = .upgrading(unsent: unsent, reader)
        return
      case .end: return finish(reader.end(.badHandshake("the server ended the connection without a whole answer")))
      case .failed(let code):
        return finish(reader.end(.transport(TransportError(code, of: easy, host: host))))
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
      phase = .open(try FrameCodec(over: easy, sending: outgoing, early: early))
      deadline = nil
      wasOpened = true
      opener?.resume(returning: .success(()))
      opener = nil
      move()
    } catch {
      finish(error)
    }
  }

  // MARK: What the owner asks

  /// Waits until the WebSocket is open, or cannot be opened.
  func waitForOpening(_ continuation: CheckedContinuation<OpenResult, Never>) {
    switch phase {
    case .connecting, .upgrading: opener = continuation
    case .open: continuation.resume(returning: .success(()))
    // It may be over before its owner has asked: there is still something to read then.
    case .over(let error, _): continuation.resume(returning: wasOpened ? .success(()) : .failure(error))
    }
  }

  /// Hands over the next messages, now or when one comes. The ticket is for `stopReading`.
  func read(_ ticket: Int, atMost most: Int, _ continuation: CheckedContinuation<MessagesResult, Never>) {
    readers.append(Reader(ticket: ticket, most: most, continuation: continuation))
    guard case .open(let session) = phase else { return deliver() }
    let wasFull = session.inbox.isFull
    deliver()
    if wasFull && !session.inbox.isFull || session.isHoldingFault { move() }
  }

  /// Lets one reader go, whose task was cancelled; the connection goes on.
  func stopReading(_ ticket: Int) {
    guard let index = readers.firstIndex(where: { $0.ticket == ticket }) else { return }
    readers.remove(at: index).continuation.resume(returning: .failure(.transport(TransportError(.cancelled))))
  }

  /// Sends a message after those sent before.
  func send(_ opcode: wslay_opcode, _ bytes: [UInt8]) throws(WebSocketError) {
    switch phase {
    case .over(let error, _): throw error
    case .connecting, .upgrading: throw .transport(TransportError(.connectionLost, "the WebSocket is not open"))
    case .open(let session):
      do throws(WebSocketError) {
        try session.queue(opcode, bytes)
      } catch {
        if case .transport = error { finish(error) }
        throw error
      }
      move()
    }
  }

  /// Begins the close handshake (RFC 6455, section 7.1.2) and waits for its end.
  func close(_ code: UInt16, _ continuation: CheckedContinuation<Void, Never>) {
    guard case .open(let session) = phase else {
      finish(.transport(TransportError(.cancelled)))
      return continuation.resume()
    }
    closers.append(continuation)
    session.queueClose(code)
    deadline = deadline ?? .now + Limits.closeTime
    move()
  }

  /// Closes the connection and answers everyone who waits, unless it is already over.
  func finish(_ error: WebSocketError) {
    var inbox = MessageQueue()
    switch phase {
    case .over: return
    case .open(let session): inbox = session.inbox
    case .connecting, .upgrading: break
    }
    phase = .over(error, inbox)
    deadline = nil
    // This is what closes the socket.
    curl_multi_remove_handle(multi, easy.pointer)
    opener?.resume(returning: .failure(error))
    opener = nil
    deliver()
    for closer in closers { closer.resume() }
    closers = []
  }

  private func deliver() {
    while let reader = readers.first {
      let result: MessagesResult
      switch phase {
      case .connecting, .upgrading: return
      case .open(let session):
        guard !session.inbox.isEmpty else { return }
        result = .success(session.inbox.take(atMost: reader.most))
      case .over(let error, var inbox):
        let left = inbox.take(atMost: reader.most)
        phase = .over(error, inbox)
        result = left.isEmpty ? .failure(error) : .success(left)
      }
      readers.removeFirst()
      reader.continuation.resume(returning: result)
    }
  }
}
