import NIOCore

/// Keeps one connection within the server's bounds. It sees its bytes before they are parsed.
final class ConnectionGuard: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private enum Phase: Equatable {
    /// For a request, of whose head so many bytes have come.
    case head(bytes: Int)
    case body
    case answering
    case webSocket
    /// A request or a frame was refused; so many more bytes have been dropped.
    case refused(bytes: Int)
    case closed
  }

  private let bounds: HTTPServerLimits
  private let table: ConnectionRegistry
  private var phase = Phase.head(bytes: 0)
  private var context: ChannelHandlerContext?
  private var deadline: Scheduled<Void>?
  /// Whether the client has sent its last byte; it may still be reading.
  private(set) var hasInputEnded = false

  init(_ bounds: HTTPServerLimits, table: ConnectionRegistry) {
    self.bounds = bounds
    self.table = table
  }

  /// Whether a request is being answered or a WebSocket is open, so that the connection is not idle.
  var isBusy: Bool { phase == .answering || phase == .webSocket }

  /// Whether what comes is still of use.
  var isServing: Bool {
    switch phase {
    case .head, .body, .answering, .webSocket: true
    case .refused, .closed: false
    }
  }

  // MARK: What comes

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    setDeadline(bounds.requestTime) { $0.requestIsLate() }
  }

  func handlerRemoved(context: ChannelHandlerContext) { end() }

  func channelInactive(context: ChannelHandlerContext) {
    end()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let count = unwrapInboundIn(data).readableBytes
    switch phase {
    case .closed: return
    case .refused(let dropped):
      phase = .refused(bytes: dropped + count)
      if dropped + count > Limits.lingerBytesMax { close() }
      return
    case .head(let bytes): phase = .head(bytes: bytes + count)
    case .body, .answering, .webSocket: break
    }
    context.fireChannelRead(data)
    // The parser had its turn: these bytes hold no whole head.
    if case .head(let bytes) = phase, bytes > bounds.headBytesMax { refuse("431 Request Header Fields Too Large") }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    // What was refused is read here to its end; the handlers behind may have stopped reading.
    if case .refused = phase { context.read() }
    context.fireChannelReadComplete()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event as? ChannelEvent == .inputClosed {
      hasInputEnded = true
      if phase != .answering { return close() }
    }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { close() }

  // MARK: What the request's handler tells

  /// The head has come, with so many bytes in its fields.
  func headEnded(bytes: Int) {
    if bytes > bounds.headBytesMax { return refuse("431 Request Header Fields Too Large") }
    if isServing { phase = .body }
  }

  func requestEnded() {
    guard isServing else { return }
    phase = .answering
    table.note(self)
    setDeadline(bounds.answerTime) { $0.close() }
  }

  /// The answer was sent: the next request may come.
  func answerEnded() {
    guard isServing else { return }
    phase = .head(bytes: 0)
    table.note(self)
    setDeadline(bounds.requestTime) { $0.requestIsLate() }
  }

  /// The request was answered with a WebSocket, which stays open until either side ends it.
  func webSocketOpened() {
    guard isServing else { return }
    phase = .webSocket
    deadline?.cancel()
    deadline = nil
  }

  // MARK: Ends

  /// Answers without hearing the request out, drops what still comes of it, and closes.
  func refuse(_ status: String) {
    refuse(sending: Array("HTTP/1.1 \(status)\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".utf8))
  }

  /// Ends a WebSocket with a close frame of a code, drops what still comes, and closes.
  func refuseFrames(code: UInt16) {
    refuse(sending: [0x88, 2, UInt8(code >> 8), UInt8(code & 0xFF)])
  }

  /// Sends bytes past the encoders: the one of HTTP knows of no request yet.
  private func refuse(sending bytes: [UInt8]) {
    guard isServing, let context else { return }
    phase = .refused(bytes: 0)
    context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: bytes)), promise: nil)
    setDeadline(Limits.lingerTime) { $0.close() }
    // The client reads the end, and closes.
    context.close(mode: .output, promise: nil)
    context.read()
  }

  func close() {
    guard let context else { return }
    end()
    context.close(promise: nil)
  }

  private func requestIsLate() {
    if case .head(bytes: 0) = phase { close() } else { refuse("408 Request Timeout") }
  }

  private func end() {
    phase = .closed
    deadline?.cancel()
    deadline = nil
    context = nil
    table.remove(self)
  }

  private func setDeadline(_ time: Duration, _ then: @escaping (ConnectionGuard) -> Void) {
    deadline?.cancel()
    deadline = context?.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) { then(self) }
  }
}
