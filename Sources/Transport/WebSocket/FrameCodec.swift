internal import CCurl
internal import CWslay

/// The framing of one open WebSocket (RFC 6455, sections 5 to 7): bytes of the connection on one side, whole messages
/// on the other. Used on the curl thread only.
///
///     connection ── bytes ──▶ decoder ── messages ──▶ received ──▶ reader
///          ▲                     │
///          │                pongs, close
///          │                     ▼
///          └───── bytes ───── encoder ◀── messages ── writer
///
/// Decoder and encoder are two contexts of wslay. A single one would queue its close frame as soon as it finds a fault,
/// and accept no message after that: the answer to a message that arrived before the fault could not be sent. Here the
/// close frame waits until the reader has received all messages before the fault and asks for more.
final class FrameCodec {
  private let easy: EasyHandle
  private let sendBuffer: SendBuffer
  private var receiveBuffer: ReceiveBuffer
  private var decoder: wslay_event_context_ptr?
  private var encoder: wslay_event_context_ptr?

  /// Complete messages that were not read yet.
  var received = MessageQueue()
  /// True if a reader is waiting for a message.
  var isAwaited = false
  /// True if the next turn has to continue without waiting for the socket, because this one stopped reading for the
  /// sake of other connections or of unsent pongs.
  private(set) var hasMore = false

  /// Bytes that may still be read in this turn.
  private var budget = 0
  /// True if this turn stopped reading because too many frames are unsent.
  private var wasHeldBack = false
  private var message: (isText: Bool, bytes: [UInt8]) = (true, [])
  private var isInControlFrame = false

  private var isTooLarge = false
  private var closeFrame: WebSocketError?
  private var lost: WebSocketError?
  /// The status code of the close frame that the server's fault calls for.
  private var fault: UInt16?

  init(over easy: EasyHandle, sending sendBuffer: SendBuffer, early: [UInt8]) throws(WebSocketError) {
    self.easy = easy
    self.sendBuffer = sendBuffer
    receiveBuffer = ReceiveBuffer(early, isPlain: easy.isPlain)
    let codec = Unmanaged.passUnretained(self).toOpaque()
    var (decoding, encoding) = (Self.decoding, Self.encoding)
    guard wslay_event_context_client_init(&decoder, &decoding, codec) == 0,
      wslay_event_context_client_init(&encoder, &encoding, codec) == 0
    else { throw .transport(TransportError(.connectionLost, "out of memory")) }
    // Messages are assembled here: wslay would allocate memory for each fragment, and for the length that a frame
    // claims.
    wslay_event_config_set_no_buffering(decoder, 1)
  }

  deinit {
    wslay_event_context_free(decoder)
    wslay_event_context_free(encoder)
  }

  // MARK: Moving bytes

  /// Reads and writes everything that does not block. Returns the reason if the connection is over, or `nil`.
  func move() -> WebSocketError? {
    budget = Limits.bytesPerTurn
    receiveBuffer.beginTurn()
    hasMore = false
    wasHeldBack = false
    flush()
    decode()
    if let fault, isFaultDue { queueClose(fault) }
    flush()
    if wasHeldBack, !isHeldBack { hasMore = true }
    return ending
  }

  /// The events to poll the socket for.
  var interest: (read: Bool, write: Bool) {
    let canDecode = wslay_event_want_read(decoder) != 0 && !received.isFull && !isHeldBack
    return (canDecode, !sendBuffer.isEmpty || wslay_event_want_write(encoder) != 0)
  }

  /// True if the server has sent a frame that RFC 6455 forbids. Nothing is read after it.
  var hasFault: Bool { fault != nil }

  private var isFaultDue: Bool { isAwaited && received.isEmpty }
  private var isHeldBack: Bool { wslay_event_get_queued_msg_count(encoder) >= Limits.outboxFramesMax }

  private func decode() {
    let isBroken = wslay_event_recv(decoder) != 0
    // Discards the decoder's own pongs and close frame, and records the status code of the latter.
    wslay_event_send(decoder)
    guard isBroken || wslay_event_get_read_enabled(decoder) == 0 else { return }
    guard fault == nil, lost == nil, closeFrame == nil, !isTooLarge else { return }
    let code = wslay_event_get_status_code_sent(decoder)
    fault = code == UInt16(WSLAY_CODE_NO_STATUS_RCVD.rawValue) ? 0 : code
  }

  private func flush() {
    repeat {
      guard wslay_event_send(encoder) == 0 else { break }
      switch sendBuffer.flush(to: easy) {
      case nil: break
      case .failed(let code): lost = lost ?? .transport(TransportError(.connectionLost, easy.text(of: code)))
      default: return
      }
    } while lost == nil && wslay_event_want_write(encoder) != 0
  }

  private var ending: WebSocketError? {
    if isTooLarge { return .messageTooLarge }
    // A close frame is answered before the connection ends, if the server still reads.
    if let closeFrame, lost != nil || wslay_event_get_close_sent(encoder) != 0 && sendBuffer.isEmpty {
      return closeFrame
    }
    if let lost { return lost }
    guard let fault, isFaultDue else { return nil }
    if fault == UInt16(WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA.rawValue) { return .invalidUTF8 }
    return .transport(TransportError(.protocolViolation, "the server sent a frame that RFC 6455 does not allow"))
  }

  // MARK: Sending

  /// Queues a message.
  ///
  /// - Throws: `.transport` if too many messages are unsent, `.closed` after a close frame was queued.
  func queue(_ opcode: wslay_opcode, _ bytes: [UInt8]) throws(WebSocketError) {
    let unsent = wslay_event_get_queued_msg_length(encoder)
    guard unsent == 0 || unsent + bytes.count <= Limits.outboxBytesMax,
      wslay_event_get_queued_msg_count(encoder) < Limits.outboxMessagesMax
    else {
      throw .transport(TransportError(.connectionLost, "the server does not read; \(unsent) bytes wait to be sent"))
    }
    guard bytes.withUnsafeBufferPointer({ encode(opcode, $0) }) else {
      throw .closed(code: nil, reason: "this side has closed the connection")
    }
  }

  /// Queues the close frame, the last frame that is sent. A code of 0 leaves its body empty.
  func queueClose(_ code: UInt16) { wslay_event_queue_close(encoder, code, nil, 0) }

  private func encode(_ opcode: wslay_opcode, _ payload: UnsafeBufferPointer<UInt8>) -> Bool {
    var message = wslay_event_msg(opcode: UInt8(opcode.rawValue), msg: payload.baseAddress, msg_length: payload.count)
    return wslay_event_queue_msg(encoder, &message) == 0
  }

  // MARK: Callbacks of wslay

  private static let decoding = wslay_event_callbacks(
    recv_callback: { context, buffer, count, _, codec in
      from(codec).read(UnsafeMutableRawBufferPointer(start: buffer, count: count))
    },
    send_callback: { _, _, count, _, _ in count },
    genmask_callback: { _, _, _, _ in 0 },
    on_frame_recv_start_callback: { _, frame, codec in
      if let frame { from(codec).begin(frame.pointee) }
    },
    on_frame_recv_chunk_callback: { _, chunk, codec in
      if let chunk {
        from(codec).append(UnsafeRawBufferPointer(start: chunk.pointee.data, count: chunk.pointee.data_length))
      }
    },
    on_frame_recv_end_callback: nil,
    on_msg_recv_callback: { _, message, codec in
      if let message { from(codec).finish(message.pointee) }
    })

  private static let encoding = wslay_event_callbacks(
    recv_callback: nil,
    send_callback: { context, bytes, count, _, codec in
      from(codec).write(UnsafeRawBufferPointer(start: bytes, count: count))
    },
    genmask_callback: { _, buffer, count, _ in
      UnsafeMutableRawBufferPointer(start: buffer, count: count).copyBytes(from: randomBytes(count))
      return 0
    },
    on_frame_recv_start_callback: nil, on_frame_recv_chunk_callback: nil, on_frame_recv_end_callback: nil,
    on_msg_recv_callback: nil)

  private static func from(_ codec: UnsafeMutableRawPointer?) -> FrameCodec {
    guard let codec else { preconditionFailure("wslay called back without the pointer it was given") }
    return Unmanaged<FrameCodec>.fromOpaque(codec).takeUnretainedValue()
  }

  private func read(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
    wasHeldBack = isHeldBack
    guard !received.isFull, !isHeldBack else { return stopDecoding(WSLAY_ERR_WOULDBLOCK) }
    guard budget > 0 else {
      hasMore = true
      return stopDecoding(WSLAY_ERR_WOULDBLOCK)
    }
    switch receiveBuffer.read(into: buffer, from: easy) {
    case .bytes(let count):
      budget -= count
      return count
    case .wouldBlock: return stopDecoding(WSLAY_ERR_WOULDBLOCK)
    case .end:
      lost = .closed(code: nil, reason: "the server ended the connection without a close frame")
      return stopDecoding(WSLAY_ERR_CALLBACK_FAILURE)
    case .failed(let code):
      lost = .transport(TransportError(.connectionLost, easy.text(of: code)))
      return stopDecoding(WSLAY_ERR_CALLBACK_FAILURE)
    }
  }

  private func stopDecoding(_ error: wslay_error) -> Int {
    wslay_event_set_error(decoder, error.rawValue)
    return -1
  }

  private func write(_ bytes: UnsafeRawBufferPointer) -> Int {
    let count = sendBuffer.append(bytes)
    guard count == 0 else { return count }
    wslay_event_set_error(encoder, WSLAY_ERR_WOULDBLOCK.rawValue)
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
    wslay_event_shutdown_read(decoder)
  }

  private func append(_ bytes: UnsafeRawBufferPointer) {
    if !isInControlFrame, !isTooLarge { message.bytes.append(contentsOf: bytes) }
  }

  private func finish(_ arrived: wslay_event_on_msg_recv_arg) {
    guard !isTooLarge else { return }
    let payload = UnsafeBufferPointer(start: arrived.msg, count: arrived.msg_length)
    switch UInt32(arrived.opcode) {
    case WSLAY_TEXT_FRAME.rawValue, WSLAY_BINARY_FRAME.rawValue:
      let bytes = message.bytes
      message.bytes = []
      received.append(message.isText ? .text(String(decoding: bytes, as: UTF8.self)) : .binary(bytes))
    case WSLAY_PING.rawValue: _ = encode(WSLAY_PONG, payload)
    case WSLAY_PONG.rawValue: received.append(.pong)
    case WSLAY_CONNECTION_CLOSE.rawValue:
      let reason = payload.dropFirst(2)
      closeFrame = .closed(
        code: arrived.status_code == 0 ? nil : arrived.status_code, reason: String(decoding: reason, as: UTF8.self))
      wslay_event_queue_close(
        encoder, arrived.status_code, UnsafeBufferPointer(rebasing: reason).baseAddress, reason.count)
    default: break
    }
  }
}

/// Messages that have arrived and were not read yet.
struct MessageQueue {
  private var messages: ArraySlice<WebSocketMessage> = []
  private var bytes = 0

  var isEmpty: Bool { messages.isEmpty }

  /// True if the socket is not read until the reader has caught up.
  var isFull: Bool { messages.count >= Limits.inboxMessagesMax || bytes >= Limits.inboxBytesMax }

  mutating func append(_ message: WebSocketMessage) {
    messages.append(message)
    bytes += Self.size(of: message)
  }

  /// Removes and returns the first messages, at most `count`.
  mutating func removeFirst(atMost count: Int) -> [WebSocketMessage] {
    let first = Array(messages.prefix(count))
    messages = messages.dropFirst(first.count)
    for message in first { bytes -= Self.size(of: message) }
    return first
  }

  private static func size(of message: WebSocketMessage) -> Int {
    switch message {
    case .text(let text): text.utf8.count
    case .binary(let bytes): bytes.count
    case .pong: 0
    }
  }
}

/// A message received over a WebSocket (RFC 6455, section 5.6).
package enum WebSocketMessage: Sendable, Equatable {
  /// A text message, which was valid UTF-8.
  case text(String)
  case binary([UInt8])
  /// The server's answer to a ping.
  case pong
}
