/// What comes in over a WebSocket (RFC 6455, section 5.6).
package enum WebSocketMessage: Sendable, Equatable {
  /// A text message, proven to be UTF-8.
  case text(String)
  /// A binary message.
  case binary([UInt8])
  /// An answer to a ping of ours: the peer is alive.
  case pong
}
