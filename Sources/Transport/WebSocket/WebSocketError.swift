internal import Core

/// The reason why a WebSocket could not be opened, or has ended.
package enum WebSocketError: Error, Sendable, Equatable {
  /// The server answered the upgrade with a status other than 101. `body` is at most the first KiB.
  case refused(status: Int, headers: HTTPHeaders, body: String)
  /// The connection failed, the server broke the protocol, or the task was cancelled.
  case transport(TransportError)
  /// The connection was closed. `code` is that of the close frame, or `nil` if it had none or there was no close frame.
  case closed(code: UInt16?, reason: String)
  /// The server sent a message of more than 16 MiB; the connection was closed with code 1009.
  case messageTooLarge
  /// The server sent a text message that is not UTF-8; the connection was closed with code 1007.
  case invalidUTF8
  /// The server answered 101 with wrong headers, or not in HTTP. The value says which.
  case badHandshake(String)
}

extension WebSocketError: CustomStringConvertible {
  /// A fragment of a sentence. Includes the start of a refusal's body, which the server or a proxy wrote.
  package var description: String {
    switch self {
    case .refused(let status, _, let body):
      body.isEmpty
        ? "the server refused the WebSocket with status \(status)"
        : "the server refused the WebSocket with status \(status): \(body.singleLine(atMost: 200))"
    case .transport(let error): error.description
    case .closed(let code, let reason):
      "the WebSocket was closed" + (code.map { " with code \($0)" } ?? "")
        + (reason.isEmpty ? "" : ": \(reason.singleLine(atMost: 200))")
    case .messageTooLarge: "the server sent a message over \(Limits.messageBytesMax) bytes"
    case .invalidUTF8: "the server sent a text message that is not UTF-8"
    case .badHandshake(let fault): "the WebSocket handshake failed: \(fault)"
    }
  }
}
