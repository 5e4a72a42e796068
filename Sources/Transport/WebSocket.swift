internal import CWslay
package import Logging

/// A WebSocket client connection (RFC 6455). Pings of the server are answered automatically.
///
/// Releasing the last reference closes the connection at once, unless `close` has started the close handshake.
package final class WebSocket: Sendable {
  private let transfer: TransferHandle
  private let host: String
  private let logger: Logger

  private init(transfer: TransferHandle, host: String, logger: Logger) {
    self.transfer = transfer
    self.host = host
    self.logger = logger
  }

  /// Connects and upgrades.
  ///
  /// - Parameters:
  ///   - url: A URL with the scheme `ws`, `wss`, `http` or `https`.
  ///   - headers: Headers to send with the upgrade request, in addition to those that RFC 6455 requires.
  ///   - timeLimit: The time for everything from the name look-up to the response.
  ///   - certificate: The client certificate for servers that request one.
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
    do throws(TransportError) {
      try RequestValidator.validate(headers)
      target = try RequestTarget(url, webSocket: true)
    } catch {
      throw .transport(error)
    }
    let transfer = CurlLoop.shared.newHandle()
    try await CurlLoop.shared.connect(
      UpgradeRequest(to: target, headers: headers), to: target, settings: settings, timeLimit: timeLimit, as: transfer
    ).get()
    logger.debug("websocket open", metadata: ["host": "\(target.authority)"])
    return WebSocket(transfer: transfer, host: target.authority, logger: logger)
  }

  /// Returns the next message.
  ///
  /// A reader that falls behind makes the server wait. Cancelling the task leaves the connection open.
  ///
  /// - Throws: After the last message, the reason for the end of the connection; `.transport` with the code
  ///   `.cancelled` if the task is cancelled.
  package func receive() async throws(WebSocketError) -> WebSocketMessage {
    try await transfer.loop.messages(of: transfer, atMost: 1).get()[0]
  }

  /// Returns the next message and up to 63 others that have arrived: the reader's task is woken once for all of them.
  ///
  /// - Throws: The same errors as `receive`.
  package func receiveMany() async throws(WebSocketError) -> [WebSocketMessage] {
    try await transfer.loop.messages(of: transfer, atMost: Limits.batchMessagesMax).get()
  }

  /// Queues a text message to be sent, and returns before it has arrived.
  ///
  /// - Throws: `.transport` with the code `.connectionLost` if more than 1 MiB of earlier messages is unsent.
  package func send(text: String) async throws(WebSocketError) {
    try await send(WSLAY_TEXT_FRAME, Array(text.utf8))
  }

  /// Sends a ping, which the server answers with a `.pong` (RFC 6455, section 5.5.2).
  package func ping() async throws(WebSocketError) {
    try await send(WSLAY_PING, [])
  }

  func send(_ opcode: wslay_opcode, _ bytes: [UInt8]) async throws(WebSocketError) {
    try await transfer.loop.send(opcode, bytes, over: transfer)
  }

  /// Sends a close frame, and returns before the server has answered it. The connection is closed then, or after a
  /// second.
  package func close(code: UInt16 = 1000) async {
    await transfer.loop.close(code, transfer)
    logger.debug("websocket closing", metadata: ["host": "\(host)", "code": "\(code)"])
  }
}
