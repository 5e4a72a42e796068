import Core
import Logging
import Synchronization
import Transport

/// Reads one connection of the event socket to its end.
struct SocketReader {
  private(set) var sequence: SequenceTracker
  private(set) var wasGreeted = false
  private let socket: WebSocket
  private let address: WebAddress
  private let heartbeat: Heartbeat
  private let logger: Logger
  private let isResuming: Bool

  init(socket: WebSocket, sequence: SequenceTracker, address: WebAddress, heartbeat: Heartbeat, logger: Logger) {
    self.socket = socket
    self.sequence = sequence
    self.address = address
    self.heartbeat = heartbeat
    self.logger = logger
    isResuming = sequence.connectionID != nil
  }

  /// Passes all events to `handle`, and returns the reason for the end of the connection.
  mutating func read(_ handle: (SocketEvent) async -> Void) async -> MattermostError {
    // A resumed connection has no hello, and may have no event for hours: the answer to this action replaces it. A
    // connection that does not accept it has ended, but its messages are still read.
    if isResuming { try? await socket.send(text: #"{"seq":1,"action":"ping"}"#) }
    do throws(WebSocketError) {
      while true {
        for message in try await socket.receiveMany() {
          // The next connection requests the remaining messages by their number.
          if Task.isCancelled { throw .transport(TransportError(.cancelled)) }
          heartbeat.beginHandling()
          switch message {
          case .text(let text): await read(text, handle)
          case .binary: logger.debug("skipped a binary message of the event socket")
          case .pong: break
          }
          heartbeat.endHandling()
          if message == .pong { logger.trace("the event socket answers a ping") }
        }
      }
    } catch {
      return end(error)
    }
  }

  private mutating func read(_ text: String, _ handle: (SocketEvent) async -> Void) async {
    let frame: EventFrame
    do {
      frame = try EventFrame(text)
    } catch {
      logger.debug("\(error)", metadata: ["code": "\(error.code.rawValue)", "event": "\(error.event)"])
      if sequence.advance(to: error.sequence) { await handle(.gap) }
      await handle(.skipped(error))
      return
    }
    switch frame.event {
    case .hello(let connection, _):
      let hasGap = sequence.begin(connection: connection, at: frame.sequence)
      await greet(isResumed: false, handle)
      if hasGap { await handle(.gap) }
    case .statusReply(_, let status):
      // Any other status is the answer of a server that does not accept the connection.
      if isResuming, !wasGreeted, status == "OK" { await greet(isResumed: true, handle) }
    default:
      if isResuming, !wasGreeted { await greet(isResumed: true, handle) }
      if sequence.advance(to: frame.sequence) { await handle(.gap) }
      await handle(.event(frame.event, sequence: frame.sequence))
    }
  }

  private mutating func greet(isResumed: Bool, _ handle: (SocketEvent) async -> Void) async {
    wasGreeted = true
    heartbeat.greet()
    await handle(.connected(isResumed: isResumed))
  }

  private mutating func end(_ error: WebSocketError) -> MattermostError {
    let isUnreadable = error == .messageTooLarge || error == .invalidUTF8
    // After resuming, the server would send the same message again.
    if isUnreadable { sequence.skip() }
    guard wasGreeted || isUnreadable else {
      defer { sequence.forgetConnection() }
      return MattermostError(isResuming ? .socketClosed : .noHello, .eventSocket, address: address.text)
    }
    return MattermostError(closing: error, address: address)
  }
}

/// Signs of life of a connection, recorded by its reader for the task that monitors it. A lock, not an actor: every
/// message is recorded twice.
final class Heartbeat: Sendable {
  private struct State {
    var count = 0
    var isHandling = false
    var hasGreeted = false
  }

  private let state = Mutex(State())

  /// A number that grows when a message arrives, and when it was handled.
  var count: Int { state.withLock(\.count) }

  /// Records that a message has arrived and is being handled. Meanwhile, the connection is not silent.
  func beginHandling() {
    state.withLock { state in
      state.count += 1
      state.isHandling = true
    }
  }

  /// Records that the message was handled.
  func endHandling() {
    state.withLock { state in
      state.count += 1
      state.isHandling = false
    }
  }

  /// Records the server's hello.
  func greet() { state.withLock { $0.hasGreeted = true } }

  /// Returns whether a message arrived or was handled after the count had this value, or is being handled.
  func isAlive(since count: Int) -> Bool { state.withLock { $0.isHandling || $0.count > count } }

  /// True if the hello has arrived, or is being handled.
  var isGreeted: Bool { state.withLock { $0.hasGreeted || $0.isHandling } }
}
