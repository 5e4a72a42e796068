import FlyingFox
import FoundationEssentials

/// The number of an open socket in this sandbox.
typealias SocketID = Int

/// The way out to one socket: frames in order, never waiting for the reader.
struct SocketOutlet: Sendable {
  let frames: AsyncStream<WSFrame>.Continuation
  /// Asks the socket's task to end; the connection then drops without a close frame, as Mattermost's does.
  let end: @Sendable () -> Void

  func send(_ text: String) { send(.text, Data(text.utf8)) }

  /// A reader that leaves `Limits.framesWaitingMax` frames lying is dropped.
  func send(_ opcode: WSFrame.Opcode, _ payload: Data) {
    let result = frames.yield(WSFrame(fin: true, opcode: opcode, mask: nil, payload: payload))
    if case .dropped = result { end() }
  }
}
