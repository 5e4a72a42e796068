internal import FoundationEssentials

/// The request that turns an HTTP connection into a WebSocket (RFC 6455, section 4.1).
package struct UpgradeRequest: Sendable {
  /// The request, as it goes over the wire.
  let bytes: [UInt8]
  /// What `Sec-WebSocket-Accept` has to say in the answer.
  let accept: String
  /// Whether the caller asked for a subprotocol; if not, the server must not choose one.
  let offersProtocol: Bool

  /// Writes the request. The headers were checked to be single lines.
  init(to target: RequestTarget, headers: [(String, String)], key: [UInt8] = randomBytes(16)) {
    let key = Data(key).base64EncodedString()
    accept = Self.accept(for: key)
    offersProtocol = headers.contains { $0.0.lowercased() == "sec-websocket-protocol" }
    let named = Set(headers.map { $0.0.lowercased() })
    var lines = ["GET \(target.pathAndQuery) HTTP/1.1"]
    if !named.contains("host") { lines.append("Host: \(target.authority)") }
    if !named.contains("user-agent") { lines.append("User-Agent: \(UserAgent.text)") }
    lines += ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: \(key)"]
    lines += headers.map { "\($0): \($1)" }
    bytes = Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
  }

  /// The proof that a server read the key (RFC 6455, section 4.2.2, item 5.4).
  package static func accept(for key: String) -> String {
    Data(SHA1.hash((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)).base64EncodedString()
  }
}

/// Bytes that nobody can foresee, from the system's own source.
func randomBytes(_ count: Int) -> [UInt8] {
  var source = SystemRandomNumberGenerator()
  return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &source) }
}
