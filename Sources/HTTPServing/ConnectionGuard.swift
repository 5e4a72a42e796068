import Logging
import NIOCore

/// Enforces the limits of one connection. It is the first handler, and receives the bytes before they are parsed.
final class ConnectionGuard: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private enum Phase: Equatable {
    /// Receives the head of a request, of which `bytes` have arrived.
    case head(bytes: Int)
    case body
    case answering
    case webSocket
    /// Discards the rest of a refused request or WebSocket, of which `bytes` have arrived.
    case refused(bytes: Int)
    case closed
  }

  private let limits: HTTPServerLimits
  private let connections: ConnectionRegistry
  private var phase = Phase.head(bytes: 0)
  private var context: ChannelHandlerContext?
  private var deadline: Scheduled<Void>?
  /// True if the client has closed its side of the connection. It may still be reading.
  private(set) var hasInputEnded = false

  init(_ limits: HTTPServerLimits, connections: ConnectionRegistry) {
    self.limits = limits
    self.connections = connections
  }

  /// True if a request is being answered or a WebSocket is open.
  var isBusy: Bool { phase == .answering || phase == .webSocket }

  /// True if the connection is neither refused nor closed.
  var isServing: Bool {
    switch phase {
    case .head, .body, .answering, .webSocket: true
    case .refused, .closed: false
    }
  }

  // MARK: Inbound events

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    setDeadline(limits.requestTime) { $0.requestTimedOut() }
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
    case .refused(let discarded):
      phase = .refused(bytes: discarded + count)
      if discarded + count > Limits.lingerBytesMax { close() }
      return
    case .head(let bytes): phase = .head(bytes: bytes + count)
    case .body, .answering, .webSocket: break
    }
    context.fireChannelRead(data)
    // If the parser did not complete the head with these bytes, they belong to it.
    if case .head(let bytes) = phase, bytes > limits.headBytesMax { refuse("431 Request Header Fields Too Large") }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    // The handlers after this one may have stopped reading.
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

  // MARK: Progress of a request

  /// Records the end of the head, whose fields have this many bytes.
  func headEnded(bytes: Int) {
    if bytes > limits.headBytesMax { return refuse("431 Request Header Fields Too Large") }
    if isServing { phase = .body }
  }

  func requestEnded() {
    guard isServing else { return }
    phase = .answering
    connections.recordActivity(of: self)
    setDeadline(limits.answerTime) { $0.close() }
  }

  /// Records that the response was sent, after which the next request is received.
  func answerEnded() {
    guard isServing else { return }
    phase = .head(bytes: 0)
    connections.recordActivity(of: self)
    setDeadline(limits.requestTime) { $0.requestTimedOut() }
  }

  /// Records the upgrade to a WebSocket, which has no deadline.
  func webSocketOpened() {
    guard isServing else { return }
    phase = .webSocket
    deadline?.cancel()
    deadline = nil
  }

  // MARK: Ends

  /// Responds with an error before the request is complete, discards the rest of it, and closes.
  func refuse(_ status: String) {
    refuse(sending: Array("HTTP/1.1 \(status)\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".utf8))
  }

  /// Ends a WebSocket with a close frame, discards the rest of it, and closes.
  func refuseFrames(code: UInt16) {
    refuse(sending: [0x88, 2, UInt8(code >> 8), UInt8(code & 0xFF)])
  }

  /// Sends bytes without the encoders, because that of HTTP does not know of the request yet.
  private func refuse(sending bytes: [UInt8]) {
    guard isServing, let context else { return }
    phase = .refused(bytes: 0)
    context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: bytes)), promise: nil)
    setDeadline(Limits.lingerTime) { $0.close() }
    // The client reads the end of the response, and closes.
    context.close(mode: .output, promise: nil)
    context.read()
  }

  func close() {
    guard let context else { return }
    end()
    context.close(promise: nil)
  }

  private func requestTimedOut() {
    if case .head(bytes: 0) = phase { close() } else { refuse("408 Request Timeout") }
  }

  private func end() {
    phase = .closed
    deadline?.cancel()
    deadline = nil
    context = nil
    connections.remove(self)
  }

  private func setDeadline(_ time: Duration, _ action: @escaping (ConnectionGuard) -> Void) {
    deadline?.cancel()
    deadline = context?.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) { action(self) }
  }
}

/// The open connections of a server, by the time since which they are idle. Used on the event loop only.
final class ConnectionRegistry {
  private let connectionsMax: Int
  private let logger: Logger
  private var connections: [ObjectIdentifier: Entry] = [:]
  private var step = 0
  private var nextNotice = NIODeadline.uptimeNanoseconds(0)

  private struct Entry {
    let connection: ConnectionGuard
    /// A number that grows with every activity of any connection, so that the smallest is the oldest.
    var step: Int
  }

  init(connectionsMax: Int, logger: Logger) {
    self.connectionsMax = connectionsMax
    self.logger = logger
  }

  /// Adds a connection and returns `true`, or returns `false` if all open connections are busy.
  func admit(_ connection: ConnectionGuard) -> Bool {
    while connections.count >= connectionsMax {
      guard let oldest = idle.first else {
        notice("all \(connectionsMax) connections are in use; a new one was closed")
        return false
      }
      notice("\(connectionsMax) connections are open; the one that was idle longest was closed for a new one")
      close(oldest)
    }
    recordActivity(of: connection)
    return true
  }

  /// Records that a connection has just become idle or busy.
  func recordActivity(of connection: ConnectionGuard) {
    step += 1
    connections[ObjectIdentifier(connection)] = Entry(connection: connection, step: step)
  }

  func remove(_ connection: ConnectionGuard) { connections[ObjectIdentifier(connection)] = nil }

  /// Closes all idle connections, and returns their number.
  func closeIdle() -> Int {
    let idle = idle
    idle.forEach(close)
    return idle.count
  }

  func closeAll() { connections.values.map(\.connection).forEach(close) }

  /// The idle connections, the longest idle one first.
  private var idle: [ConnectionGuard] {
    connections.values.filter { !$0.connection.isBusy }.sorted { $0.step < $1.step }.map(\.connection)
  }

  private func close(_ connection: ConnectionGuard) {
    remove(connection)
    connection.close()
  }

  private func notice(_ text: String) {
    let now = NIODeadline.now()
    guard now >= nextNotice else { return }
    nextNotice = now + TimeAmount(Limits.shedNoticePause)
    logger.warning("\(text)")
  }
}
