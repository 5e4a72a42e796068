internal import NIOCore
internal import NIOWebSocket

/// How a connection is served that has become a WebSocket.
package struct WebSocketService: Sendable {
  /// Bytes of a client's frame; a longer one ends the WebSocket with 1009.
  package let frameBytesMax: Int
  /// Reads and sends frames. The connection is closed when it returns; it is cancelled when the server stops.
  package let serve: @Sendable (WebSocketConnection) async -> Void

  /// Creates a service.
  package init(frameBytesMax: Int, serve: @escaping @Sendable (WebSocketConnection) async -> Void) {
    self.frameBytesMax = frameBytesMax
    self.serve = serve
  }
}

/// A client's WebSocket. Nothing is answered by itself: pings and close frames come with the rest.
package struct WebSocketConnection: Sendable {
  /// The client's frames, to be read once. They are read from the network as they are taken from here.
  package let frames: WebSocketFrames
  private let channel: any Channel

  init(_ frames: NIOAsyncChannelInboundStream<NIOWebSocket.WebSocketFrame>, _ channel: any Channel) {
    self.frames = WebSocketFrames(base: frames)
    self.channel = channel
  }

  /// Sends a frame, and suspends until the system has taken it.
  ///
  /// - Throws: if the connection has ended.
  package func send(_ frame: WebSocketFrame) async throws { try await write(frame).get() }

  /// Sends frames as they come until there are no more, and suspends until the system has taken the last. Meanwhile it takes
  /// few from the stream that the client has not read.
  ///
  /// - Throws: if the connection has ended.
  package func send(_ frames: AsyncStream<WebSocketFrame>) async throws {
    var isSent: EventLoopFuture<Void>?
    var count = 0
    for await frame in frames {
      isSent = write(frame)
      count += 1
      // To wait for each would cost two changes of threads a frame.
      if !channel.isWritable || count.isMultiple(of: Limits.framesOnTheWayMax) { try await isSent?.get() }
    }
    try await isSent?.get()
  }

  private func write(_ frame: WebSocketFrame) -> EventLoopFuture<Void> {
    let data = channel.allocator.buffer(bytes: frame.payload)
    return channel.writeAndFlush(
      NIOWebSocket.WebSocketFrame(fin: frame.isFinal, opcode: WebSocketOpcode(frame.opcode), data: data))
  }

  /// Closes the connection without a close frame; what is being sent is cut.
  package func close() { channel.close(promise: nil) }
}

/// The frames of a client, in the order in which they came. They end with the connection.
package struct WebSocketFrames: AsyncSequence, Sendable {
  /// A frame, its payload unmasked.
  package typealias Element = WebSocketFrame

  let base: NIOAsyncChannelInboundStream<NIOWebSocket.WebSocketFrame>

  /// Returns the iterator that reads the frames; only one may do so.
  package func makeAsyncIterator() -> Iterator { Iterator(base: base.makeAsyncIterator()) }

  /// Reads frames one after the other.
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
  /// Reads NIO's opcode; `nil` for one that is reserved.
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
