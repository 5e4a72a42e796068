/// A frame of a WebSocket (RFC 6455, section 5.2), unmasked.
package struct WebSocketFrame: Sendable, Equatable {
  /// The kinds of frames; all others are refused.
  package enum Opcode: Sendable, Equatable {
    case continuation, text, binary, close, ping, pong
  }

  /// The kind of the frame.
  package var opcode: Opcode
  /// The payload, or the code and the reason of a close frame.
  package var payload: [UInt8]
  /// Whether it is the last frame of its message.
  package var isFinal: Bool

  /// Creates a frame.
  package init(_ opcode: Opcode, _ payload: [UInt8], isFinal: Bool = true) {
    self.opcode = opcode
    self.payload = payload
    self.isFinal = isFinal
  }
}
