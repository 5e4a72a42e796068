internal import CWslay
package import Logging

/// A WebSocket client connection (RFC 6455). Pings of the server are answered by themselves.
///
/// Dropping the last reference closes the connection at once; `close` does it politely.
package final class WebSocket: Sendable {
  private let lease: TransferHandle
  private let host: String
  private let logger: Logger

  private init(lease: TransferHandle, host: String, logger: Logger) {
    self.lease = lease
    self.host = host
    self.logger = logger
  }

  /// Connects and upgrades.
  ///
  /// - Parameters:
  ///   - url: `ws`, `wss`, `http` or `https`.
  ///   - headers: sent with the upgrade request, beside those that RFC 6455 asks for.
  ///   - timeLimit: for all of it, from the name look-up to the answer.
  ///   - certificate: is shown to a server that asks who we are.
  package static func connect(
    _ url: String, headers: [(String, String)] = [], timeLimit: Duration = .seconds(30),
    certificate: ClientCertificate? = nil, logger: Logger
  ) async throws(WebSocketError) -> WebSocket {
    try await connect(
      url, headers: headers, timeLimit: timeLimit, logger: logger, settings: .environment(certificate))
  }

  static func connect(
    _ url: String, headers: [(String, String)], timeLimit: Duration, logger: Logger, settings: ConnectionSettings
  ) async throws(WebSocketError) -> WebSocket {
    let target: RequestTarget
    let lease: TransferHandle
    do throws(TransportError) {
      try RequestValidator.check(headers)
      target = try RequestTarget(url, webSocket: true)
      let request = UpgradeRequest(to: target, headers: headers)
      lease = try await CurlLoop.shared.connect(request, to: target, settings: settings, timeLimit: timeLimit)
    } catch {
      throw .transport(error)
    }
    try await CurlLoop.shared.opening(of: lease).get()
    logger.debug("websocket open", metadata: ["host": "\(target.authority)"])
    return WebSocket(lease: lease, host: target.authority, logger: logger)
  }

  /// Waits for the next message. Once the connection is over, throws why, after all that came before.
  ///
  /// A reader that is behind makes the server wait. Cancelling the task throws `.transport` with the code
  /// `.cancelled`, and leaves the connection open.
  package func receive() async throws(WebSocketError) -> WebSocketMessage {
    try await lease.loop.messages(of: lease, atMost: 1).get()[0]
  }

  /// As `receive`, for a reader in a hurry: the next message, and with it others that have come. A thread is woken for
  /// them once instead of for each.
  package func receiveMany() async throws(WebSocketError) -> [WebSocketMessage] {
    try await lease.loop.messages(of: lease, atMost: Limits.batchMessagesMax).get()
  }

  /// Sends a text message, after all messages that were sent before. Returns when it is on its way, not when it has
  /// arrived; a server that does not read for long enough counts as lost.
  package func send(text: String) async throws(WebSocketError) {
    try await send(WSLAY_TEXT_FRAME, Array(text.utf8))
  }

  /// Sends a ping, which a live server answers with a `.pong` (RFC 6455, section 5.5.2).
  package func ping() async throws(WebSocketError) {
    try await send(WSLAY_PING, [])
  }

  /// Sends a message of any kind.
  func send(_ opcode: wslay_opcode, _ bytes: [UInt8]) async throws(WebSocketError) {
    try await lease.loop.send(opcode, bytes, over: lease)
  }

  /// Closes: sends a close frame, waits up to a second for the server's, then ends the connection. Cancelling the
  /// task skips the wait.
  package func close(code: UInt16 = 1000) async {
    await lease.loop.close(code, lease)
    logger.debug("websocket closed", metadata: ["host": "\(host)", "code": "\(code)"])
  }
}
