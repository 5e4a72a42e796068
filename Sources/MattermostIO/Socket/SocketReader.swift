import Core
import Logging
import Transport

/// Reads one connection of the event socket to its end.
struct SocketReader {
  let socket: WebSocket
  private(set) var position: SequenceTracker
  let address: WebAddress
  let pulse: Heartbeat
  let logger: Logger
  private(set) var wasGreeted = false
  private let isResuming: Bool

  init(socket: WebSocket, position: SequenceTracker, address: WebAddress, pulse: Heartbeat, logger: Logger) {
    self.socket = socket
    self.position = position
    self.address = address
    self.pulse = pulse
    self.logger = logger
    isResuming = position.connectionID != nil
  }

  /// Hands over what comes in, and returns why the connection ended.
  mutating func read(_ handle: (SocketEvent) async -> Void) async -> MattermostError {
    // A resumed connection has no greeting of its own, and may have no event for hours. A connection that does not take
    // the question is over, but may have brought something before.
    if isResuming { try? await socket.send(text: #"{"seq":1,"action":"ping"}"#) }
    do throws(WebSocketError) {
      while true {
        for message in try await socket.receiveMany() {
          // The next connection asks by their number for those that are left.
          if Task.isCancelled { throw .transport(TransportError(.cancelled)) }
          await pulse.beat()
          switch message {
          case .text(let text): await take(text, handle)
          case .binary: logger.debug("skipped a binary message of the event socket")
          case .pong: break
          }
          await pulse.rest()
          if message == .pong { logger.trace("the event socket answers a ping") }
        }
      }
    } catch {
      return end(error)
    }
  }

  private mutating func take(_ text: String, _ handle: (SocketEvent) async -> Void) async {
    let frame: EventFrame
    do {
      frame = try EventFrame(text)
    } catch {
      logger.debug("\(error)", metadata: ["code": "\(error.code.rawValue)", "event": "\(error.event)"])
      if position.take(error.sequence) { await handle(.gap) }
      await handle(.skipped(error))
      return
    }
    switch frame.event {
    case .hello(let connection, _):
      let isLoss = position.begin(connection: connection, sequence: frame.sequence)
      await greet(isResumed: false, handle)
      if isLoss { await handle(.gap) }
    case .statusReply(_, let status):
      // Without this answer, silence could be that of a server which does not know us.
      if isResuming, !wasGreeted, status == "OK" { await greet(isResumed: true, handle) }
    default:
      if isResuming, !wasGreeted { await greet(isResumed: true, handle) }
      if position.take(frame.sequence) { await handle(.gap) }
      await handle(.event(frame.event, sequence: frame.sequence))
    }
  }

  private mutating func greet(isResumed: Bool, _ handle: (SocketEvent) async -> Void) async {
    wasGreeted = true
    await pulse.greet()
    await handle(.connected(isResumed: isResumed))
  }

  private mutating func end(_ error: WebSocketError) -> MattermostError {
    // Resumed, the server would send the same message again, and again.
    if error == .messageTooLarge || error == .invalidUTF8 { position.skip() }
    guard wasGreeted || error == .messageTooLarge || error == .invalidUTF8 else {
      defer { position.forget() }
      return MattermostError(isResuming ? .socketClosed : .noHello, .socket, address: address.text)
    }
    return MattermostError(loss: error, address: address)
  }
}
