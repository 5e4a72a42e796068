internal import NIOCore
internal import NIOWebSocket

/// The service of a connection that was upgraded to a WebSocket.
package struct WebSocketService: Sendable {
  /// Bytes of a client's frame. A longer one ends the WebSocket with code 1009.
  package let frameBytesMax: Int
  /// Receives and sends frames. The connection is closed when it returns; it is cancelled when the server stops.
  package let serve: @Sendable (WebSocketConnection) async -> Void

  package init(frameBytesMax: Int, serve: @escaping @Sendable (WebSocketConnection) async -> Void) {
    self.frameBytesMax = frameBytesMax
    self.serve = serve
  }
}

/// A WebSocket of a client. No frame is answered automatically; `frames` includes pings and close frames.
package struct WebSocketConnection: Sendable {
  /// The client's frames, for a single iteration. They are read from the network as the iteration proceeds.
  package let frames: WebSocketFrames
  private let channel: any Channel

  init(_ frames: NIOAsyncChannelInboundStream<NIOWebSocket.WebSocketFrame>, _ channel: any Channel) {
    self.frames = WebSocketFrames(base: frames)
    self.channel = channel
  }

  /// Sends a frame, and returns after the system has accepted it.
  ///
  /// - Throws: An error if the connection has ended.
  package func send(_ frame: WebSocketFrame) async throws { try await write(frame).get() }

  /// Sends the frames of a stream, and returns after the system has accepted the last. While the client does not read,
  /// it consumes only few frames.
  ///
  /// - Throws: An error if the connection has ended.
  package func send(_ frames: AsyncStream<WebSocketFrame>) async throws {
    var isSent: EventLoopFuture<Void>?
    var count = 0
    for await frame in frames {
      isSent = write(frame)
      count += 1
      // Waiting for every frame would switch threads twice for each.
      if !channel.isWritable || count.isMultiple(of: Limits.framesOnTheWayMax) { try await isSent?.get() }
    }
    try await isSent?.get()
  }

  private func write(_ frame: WebSocketFrame) -> EventLoopFuture<Void> {
    let data = channel.allocator.buffer(bytes: frame.payload)
    return channel.writeAndFlush(
      NIOWebSocket.WebSocketFrame(fin: frame.isFinal, opcode: WebSocketOpcode(frame.opcode), data: data))
  }

  /// Closes the connection without a close frame. Unsent frames are lost.
  package func close() { channel.close(promise: nil) }
}

/// The frames of a client, in the order in which they are received, until the connection ends.
package struct WebSocketFrames: AsyncSequence, Sendable {
  package typealias Element = WebSocketFrame

  let base: NIOAsyncChannelInboundStream<NIOWebSocket.WebSocketFrame>

  /// Returns the iterator. There must be only one.
  package func makeAsyncIterator() -> Iterator { Iterator(base: base.makeAsyncIterator()) }

  package struct Iterator: AsyncIteratorProtocol {
    var base: NIOAsyncChannelInboundStream<NIOWebSocket.WebSocketFrame>.AsyncIterator

    /// Returns the next frame, or `nil` if the connection has ended.
    @concurrent package mutating func next() async throws -> WebSocketFrame? {
      guard let frame = try await base.next(), let opcode = WebSocketFrame.Opcode(frame.opcode) else { return nil }
      return WebSocketFrame(opcode, Array(frame.unmaskedData.readableBytesView), isFinal: frame.fin)
    }
  }
}

extension WebSocketFrame.Opcode {
  /// Converts NIO's opcode; `nil` for a reserved one.
  init?(_ opcode: WebSocketOpcode) {
    switch opcode {
    case .continuation: self = .continuation
    case .text: self = .text
    case .binary: self = .binary
    case .connectionClose: self = .close
    case .ping: self = .ping
    case .pong: self = .pong
    default: return nil
    }
  }
}

extension WebSocketOpcode {
  fileprivate init(_ opcode: WebSocketFrame.Opcode) {
    self =
      switch opcode {
      case .continuation: .continuation
      case .text: .text
      case .binary: .binary
      case .close: .connectionClose
      case .ping: .ping
      case .pong: .pong
      }
  }
}

/// An unmasked frame of a WebSocket (RFC 6455, section 5.2).
package struct WebSocketFrame: Sendable, Equatable {
  /// The opcodes that RFC 6455 defines. A frame with another one ends the WebSocket.
  package enum Opcode: Sendable, Equatable {
    case continuation, text, binary, close, ping, pong
  }

  package var opcode: Opcode
  /// The payload; that of a close frame is the status code and the reason.
  package var payload: [UInt8]
  /// True if it is the last frame of its message.
  package var isFinal: Bool

  package init(_ opcode: Opcode, _ payload: [UInt8], isFinal: Bool = true) {
    self.opcode = opcode
    self.payload = payload
    self.isFinal = isFinal
  }
}
