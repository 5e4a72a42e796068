import NIOCore
import NIOWebSocket

/// Ends a WebSocket whose client breaks the rules of RFC 6455: with 1009 for a frame that is too long, otherwise with 1002.
final class WebSocketFrameValidator: ChannelInboundHandler {
  typealias InboundIn = NIOWebSocket.WebSocketFrame
  typealias InboundOut = NIOWebSocket.WebSocketFrame

  private let connection: ConnectionGuard

  init(_ connection: ConnectionGuard) { self.connection = connection }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard connection.isServing else { return }
    let frame = unwrapInboundIn(data)
    // A client masks its frames (section 5.1), and no extension was agreed on that uses the reserved bits.
    guard frame.maskKey != nil, frame.reservedBits.isEmpty, WebSocketFrame.Opcode(frame.opcode) != nil else {
      return connection.refuseFrames(code: 1002)
    }
    context.fireChannelRead(data)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch error {
    case NIOWebSocketError.invalidFrameLength: connection.refuseFrames(code: 1009)
    case is NIOWebSocketError: connection.refuseFrames(code: 1002)
    default: connection.close()
    }
  }
}
