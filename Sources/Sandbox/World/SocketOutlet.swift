import HTTPServing

/// The number of an open socket in this sandbox.
typealias SocketID = Int

/// The way out to one socket: frames in order, never waiting for the reader.
struct SocketOutlet: Sendable {
  let frames: AsyncStream<WebSocketFrame>.Continuation
  /// Asks the socket's task to end; the connection then drops without a close frame, as Mattermost's does.
  let end: @Sendable () -> Void

  func send(_ text: String) { send(.text, Array(text.utf8)) }

  /// A reader that leaves `Limits.framesWaitingMax` frames lying is dropped.
  func send(_ opcode: WebSocketFrame.Opcode, _ payload: [UInt8]) {
    let result = frames.yield(WebSocketFrame(opcode, payload))
    if case .dropped = result { end() }
  }
}
