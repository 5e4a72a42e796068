internal import CCurl
internal import CWslay

/// The framing of one open WebSocket (RFC 6455, sections 5 to 7), which wslay does: bytes of the connection on one
/// side, whole messages on the other. Used on the curl thread only.
final class FrameCodec {
  private let easy: EasyHandle
  private let outgoing: SendBuffer
  private var context: wslay_event_context_ptr?

  /// Messages for the reader.
  var inbox = MessageQueue()
  /// Whether somebody waits for the next message.
  var isAwaited = false
  private var gate: FrameValidator
  /// Whether a forbidden frame waits for a reader who has taken all that came before it.
  private(set) var isHoldingFault = false
  /// How much may still be read in this turn.
  private var budget = 0
  /// Whether reading stopped in this turn because too many frames wait to be sent.
  private var wasHeldBack = false
  private var message: (isText: Bool, bytes: [UInt8]) = (true, [])
  private var isInControlFrame = false

  private var isTooLarge = false
  private var isBroken = false
  private var lost: WebSocketError?
  private var closeFrame: WebSocketError?

  /// Whether reading stopped for fairness or for the peer's sake, so that the next turn has to go on without waiting
  /// for the socket.
  private(set) var hasMore = false

  init(over easy: EasyHandle, sending outgoing: SendBuffer, early: [UInt8]) throws(WebSocketError) {
    self.easy = easy
    self.outgoing = outgoing
    gate = FrameValidator(early)
    var callbacks = Self.callbacks
    guard wslay_event_context_client_init(&context, &callbacks, Unmanaged.passUnretained(self).toOpaque()) == 0 else {
      throw .transport(TransportError(.connectionLost, "out of memory"))
    }
    // Messages are put together here: wslay would allocate for each fragment, however small, and for what a frame
    // only claims to hold.
    wslay_event_config_set_no_buffering(context, 1)
  }

  deinit { wslay_event_context_free(context) }

  // MARK: Moving bytes

  /// Reads and writes what can be read and written now. Returns why the connection is over, if it is.
  func move() -> WebSocketError? {
    budget = Limits.bytesPerTurn
    hasMore = false
    wasHeldBack = false
    isHoldingFault = false
    // Before a fault can be found, what is to be sent goes out.
    flush()
    isBroken = wslay_event_recv(context) != 0 || isBroken
    flush()
    // What was left unread until pongs had gone out can be read now.
    if wasHeldBack, !isHeldBack { hasMore = true }
    return ending
  }

  private var isHeldBack: Bool { wslay_event_get_queued_msg_count(context) >= Limits.outboxFramesMax }
  private var wantsRead: Bool { wslay_event_want_read(context) != 0 && !inbox.isFull }

  /// What to poll the socket for.
  var interest: (read: Bool, write: Bool) {
    (wantsRead && !isHeldBack && !isHoldingFault, !outgoing.isEmpty || wslay_event_want_write(context) != 0)
  }

  private func flush() {
    repeat {
      guard wslay_event_send(context) == 0 else { break }
      switch outgoing.flush(to: easy) {
      case nil: break
      case .failed(let code): lost = lost ?? .transport(TransportError(.connectionLost, easy.text(of: code)))
      default: return
      }
    } while lost == nil && wslay_event_want_write(context) != 0
  }

  private var ending: WebSocketError? {
    if isTooLarge { return .messageTooLarge }
    // A close frame is answered before the connection ends, if the peer still takes the answer.
    if let closeFrame, lost != nil || wslay_event_get_close_sent(context) != 0, outgoing.isEmpty || lost != nil {
      return closeFrame
    }
    if let lost { return lost }
    guard isBroken || wslay_event_get_read_enabled(context) == 0, closeFrame == nil else { return nil }
    // wslay has found a fault and closed for it; the code that it sent says which.
    if wslay_event_get_status_code_sent(context) == UInt16(WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA.rawValue) {
      return .invalidUTF8
    }
    return .transport(TransportError(.protocolViolation, "the server sent a frame that RFC 6455 does not allow"))
  }

  // MARK: Sending

  /// Queues a message. Throws if too many wait already, or if the connection takes none any more.
  func queue(_ opcode: wslay_opcode, _ bytes: [UInt8]) throws(WebSocketError) {
    let waiting = wslay_event_get_queued_msg_length(context)
    guard waiting == 0 || waiting + bytes.count <= Limits.outboxBytesMax,
      wslay_event_get_queued_msg_count(context) < Limits.outboxMessagesMax
    else {
      throw .transport(TransportError(.connectionLost, "the server does not read; \(waiting) bytes wait to be sent"))
    }
    let result = bytes.withUnsafeBufferPointer { buffer in
      var message = wslay_event_msg(
        opcode: UInt8(opcode.rawValue), msg: buffer.baseAddress, msg_length: buffer.count)
      return wslay_event_queue_msg(context, &message)
    }
    guard result == 0 else { throw .closed(code: nil, reason: "this side has closed the connection") }
  }

  /// Queues a close frame, the last frame that is sent.
  func queueClose(_ code: UInt16) { wslay_event_queue_close(context, code, nil, 0) }

  // MARK: What wslay asks and reports

  private static let callbacks = wslay_event_callbacks(
    recv_callback: { context, buffer, count, _, session in
      from(session).read(UnsafeMutableRawBufferPointer(start: buffer, count: count))
    },
    send_callback: { context, bytes, count, _, session in
      from(session).write(UnsafeRawBufferPointer(start: bytes, count: count))
    },
    genmask_callback: { _, buffer, count, _ in
      UnsafeMutableRawBufferPointer(start: buffer, count: count).copyBytes(from: randomBytes(count))
      return 0
    },
    on_frame_recv_start_callback: { _, frame, session in
      if let frame { from(session).begin(frame.pointee) }
    },
    on_frame_recv_chunk_callback: { _, chunk, session in
      if let chunk {
        from(session).append(UnsafeRawBufferPointer(start: chunk.pointee.data, count: chunk.pointee.data_length))
      }
    },
    on_frame_recv_end_callback: nil,
    on_msg_recv_callback: { _, message, session in
      if let message { from(session).finish(message.pointee) }
    })

  private static func from(_ session: UnsafeMutableRawPointer?) -> FrameCodec {
    guard let session else { preconditionFailure("wslay called back without the pointer it was given") }
    return Unmanaged<FrameCodec>.fromOpaque(session).takeUnretainedValue()
  }

  private func read(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
    wasHeldBack = isHeldBack
    guard !inbox.isFull, !isHeldBack else { return stop(WSLAY_ERR_WOULDBLOCK) }
    guard budget > 0 else {
      hasMore = true
      return stop(WSLAY_ERR_WOULDBLOCK)
    }
    while true {
      switch gate.next(atMost: buffer.count, lettingForbiddenPass: isAwaited && inbox.isEmpty) {
      case .bytes(let bytes):
        buffer.copyBytes(from: bytes)
        budget -= bytes.count
        return bytes.count
      case .forbidden:
        isHoldingFault = true
        return stop(WSLAY_ERR_WOULDBLOCK)
      case .needsMore:
        switch receive() {
        case .bytes: continue
        case .wouldBlock: return stop(WSLAY_ERR_WOULDBLOCK)
        case .end:
          lost = .closed(code: nil, reason: "the server ended the connection without a close frame")
          return stop(WSLAY_ERR_CALLBACK_FAILURE)
        case .failed(let code):
          lost = .transport(TransportError(.connectionLost, easy.text(of: code)))
          return stop(WSLAY_ERR_CALLBACK_FAILURE)
        }
      }
    }
  }

  /// Reads from the connection into the gate.
  private func receive() -> IOResult {
    withUnsafeTemporaryAllocation(byteCount: Limits.receiveBufferBytes, alignment: 1) { buffer in
      let moved = easy.receive(into: buffer)
      if case .bytes(let count) = moved { gate.add(buffer[..<count]) }
      return moved
    }
  }

  private func write(_ bytes: UnsafeRawBufferPointer) -> Int {
    let count = outgoing.append(bytes)
    return count > 0 ? count : stop(WSLAY_ERR_WOULDBLOCK)
  }

  private func stop(_ error: wslay_error) -> Int {
    wslay_event_set_error(context, error.rawValue)
    return -1
  }

  private func begin(_ frame: wslay_event_on_frame_recv_start_arg) {
    isInControlFrame = frame.opcode & 0x8 != 0
    guard !isInControlFrame else { return }
    if frame.opcode != UInt8(WSLAY_CONTINUATION_FRAME.rawValue) {
      message = (frame.opcode == UInt8(WSLAY_TEXT_FRAME.rawValue), [])
    }
    guard frame.payload_length > UInt64(Limits.messageBytesMax - message.bytes.count) else { return }
    isTooLarge = true
    queueClose(UInt16(WSLAY_CODE_MESSAGE_TOO_BIG.rawValue))
    wslay_event_shutdown_read(context)
  }

  private func append(_ bytes: UnsafeRawBufferPointer) {
    if !isInControlFrame, !isTooLarge { message.bytes.append(contentsOf: bytes) }
  }

  private func finish(_ arrived: wslay_event_on_msg_recv_arg) {
    guard !isTooLarge else { return }
    switch UInt32(arrived.opcode) {
    case WSLAY_TEXT_FRAME.rawValue, WSLAY_BINARY_FRAME.rawValue:
      let bytes = message.bytes
      message.bytes = []
      inbox.append(message.isText ? .text(String(decoding: bytes, as: UTF8.self)) : .binary(bytes))
    case WSLAY_PONG.rawValue:
      inbox.append(.pong)
    case WSLAY_CONNECTION_CLOSE.rawValue:
      let reason = UnsafeBufferPointer(start: arrived.msg, count: arrived.msg_length).dropFirst(2)
      closeFrame = .closed(
        code: arrived.status_code == 0 ? nil : arrived.status_code, reason: String(decoding: reason, as: UTF8.self))
    default: break
    }
  }
}
