import NIOCore
import NIOHTTP1
import NIOWebSocket

extension HTTPServerRequest {
  /// True if it is a valid upgrade to a WebSocket (RFC 6455, section 4.2.1).
  var asksForWebSocket: Bool {
    let tokens = headers.filter { $0.name.lowercased() == "connection" }.flatMap { $0.value.split(separator: ",") }
    return method == "GET" && header("Upgrade")?.lowercased() == "websocket"
      && tokens.contains { $0.trimmingSpaces.lowercased() == "upgrade" } && header("Sec-WebSocket-Version") == "13"
      && header("Sec-WebSocket-Key").map(Self.isKey) == true
  }

  /// Returns whether a text is the Base64 form of 16 bytes.
  private static func isKey(_ text: String) -> Bool {
    text.utf8.count == 24 && text.hasSuffix("==")
      && text.utf8.dropLast(2).allSatisfy {
        switch $0 {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"): true
        default: false
        }
      }
  }
}

extension Substring {
  fileprivate var trimmingSpaces: Substring {
    let start = drop { $0 == " " || $0 == "\t" }
    return start.lastIndex { $0 != " " && $0 != "\t" }.map { start[...$0] } ?? ""
  }
}

/// The server's part of the WebSocket handshake (RFC 6455, section 4.2.2), and the handlers of the frames after it.
struct WebSocketHandshake {
  private let frameBytesMax: Int
  private let upgrader: NIOWebSocketServerUpgrader

  init(frameBytesMax: Int) {
    self.frameBytesMax = frameBytesMax
    upgrader = NIOWebSocketServerUpgrader(
      maxFrameSize: frameBytesMax, automaticErrorHandling: false,
      shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture(HTTPHeaders()) },
      upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() })
  }

  /// Returns the headers of the response 101, with the proof that the key of the request was read.
  func headers(for request: HTTPRequestHead, on channel: any Channel) -> EventLoopFuture<HTTPHeaders> {
    upgrader.buildUpgradeResponse(channel: channel, upgradeRequest: request, initialResponseHeaders: HTTPHeaders())
  }

  /// Appends the handlers of frames to the pipeline of the connection.
  func addHandlers(
    to channel: any Channel, _ connection: ConnectionGuard
  ) throws -> NIOAsyncChannel<NIOWebSocket.WebSocketFrame, NIOWebSocket.WebSocketFrame> {
    try channel.pipeline.syncOperations.addHandlers(
      WebSocketFrameEncoder(), ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: frameBytesMax)),
      WebSocketFrameValidator(connection))
    return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
  }
}

/// Ends a WebSocket whose client violates RFC 6455: with code 1009 if a frame is too long, or else with 1002.
final class WebSocketFrameValidator: ChannelInboundHandler {
  typealias InboundIn = NIOWebSocket.WebSocketFrame
  typealias InboundOut = NIOWebSocket.WebSocketFrame

  private let connection: ConnectionGuard

  init(_ connection: ConnectionGuard) { self.connection = connection }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard connection.isServing else { return }
    let frame = unwrapInboundIn(data)
    // Clients must mask their frames (section 5.1), and no negotiated extension uses the reserved bits.
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
