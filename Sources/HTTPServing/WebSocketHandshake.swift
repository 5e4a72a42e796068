import NIOCore
import NIOHTTP1
import NIOWebSocket

extension HTTPServerRequest {
  /// Whether it asks for a WebSocket as RFC 6455, section 4.2.1, has it.
  var asksForWebSocket: Bool {
    let tokens = headers.filter { $0.name.lowercased() == "connection" }.flatMap { $0.value.split(separator: ",") }
    return method == "GET" && header("Upgrade")?.lowercased() == "websocket"
      && tokens.contains { $0.trimmingSpaces.lowercased() == "upgrade" } && header("Sec-WebSocket-Version") == "13"
      && header("Sec-WebSocket-Key").map(Self.isKey) == true
  }

  /// Whether a text is 16 bytes in Base64.
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

/// The server's half of the handshake, and what then reads and writes frames in the place of requests and answers.
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

  /// Makes the headers of the answer 101, with the proof that the request's key was read.
  func headers(for request: HTTPRequestHead, on channel: any Channel) -> EventLoopFuture<HTTPHeaders> {
    upgrader.buildUpgradeResponse(channel: channel, upgradeRequest: request, initialResponseHeaders: HTTPHeaders())
  }

  /// Adds what reads and writes frames at the end of the connection's pipeline.
  func addHandlers(
    to channel: any Channel, _ connection: ConnectionGuard
  ) throws -> NIOAsyncChannel<NIOWebSocket.WebSocketFrame, NIOWebSocket.WebSocketFrame> {
    try channel.pipeline.syncOperations.addHandlers(
      WebSocketFrameEncoder(), ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: frameBytesMax)),
      WebSocketFrameValidator(connection))
    return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
  }
}
