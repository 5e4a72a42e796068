extension Peer {
  /// The good answer to an upgrade request. `proof` makes `Sec-WebSocket-Accept` of the request's key.
  package static func acceptance(of head: String, proof: (String) -> String) -> String {
    let key = head.split(separator: "\r\n").first { $0.hasPrefix("Sec-WebSocket-Key: ") }?.dropFirst(19) ?? ""
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
      + "Sec-WebSocket-Accept: \(proof(String(key)))\r\n\r\n"
  }

  /// Sends a frame.
  package func send(_ frame: SocketFrame) { send(frame.bytes) }

  /// Reads one frame of the client, with its mask undone; nil at the end of the connection.
  package func readFrame() -> SocketFrame? {
    let head = readExactly(2)
    guard head.count == 2 else { return nil }
    var length = Int(head[1] & 0x7F)
    if length >= 126 { length = readExactly(length == 126 ? 2 : 8).reduce(0) { $0 << 8 | Int($1) } }
    let mask = head[1] & 0x80 == 0 ? nil : readExactly(4)
    let payload = readExactly(length)
    return SocketFrame(
      opcode: head[0] & 0x0F, payload: mask.map { mask in payload.enumerated().map { $1 ^ mask[$0 % 4] } } ?? payload,
      isFinal: head[0] & 0x80 != 0, reserved: head[0] >> 4 & 7, mask: mask)
  }
}
