/// Why a WebSocket could not be opened, or is over.
package enum WebSocketError: Error, Sendable, Equatable {
  /// The server answered the upgrade with another status than 101: its headers, and the first KiB of its body.
  case refused(status: Int, headers: HTTPHeaders, body: String)
  /// The connection failed, or the peer broke the protocol, or the task was cancelled.
  case transport(TransportError)
  /// The connection is over. The code is the close frame's; nil if it had none, or if there was no close frame.
  case closed(code: UInt16?, reason: String)
  /// The peer sent a message over the limit of 16 MiB, and the connection was closed for it (close code 1009).
  case messageTooLarge
  /// The peer sent a text message that is not UTF-8, and the connection was closed for it (close code 1007).
  case invalidUTF8
  /// The server answered 101, but not to our request, or did not answer in HTTP: what was wrong.
  case badHandshake(String)
}
