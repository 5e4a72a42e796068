/// One HTTP/1.1 exchange on a connection of its own, every header as the test wants it.
package struct RawHTTP: Sendable {
  /// The status code.
  package let status: Int
  /// The headers, names in lower case; of a repeated one the first.
  package let headers: [String: String]
  /// The body's bytes.
  package let body: [UInt8]

  /// The body as text.
  package var text: String { String(decoding: body, as: UTF8.self) }

  /// Sends a request and reads the whole answer. `Host` and `Content-Length` are set when `headers` has none.
  package static func send(
    _ method: String, _ url: String, headers: [(String, String)] = [], body: String? = nil
  ) async throws -> RawHTTP {
    let address = try LoopbackAddress(url)
    let connection = try LoopbackConnection(to: address)
    defer { connection.close() }
    var headers = headers
    func setDefault(_ name: String, _ value: String) {
      if !headers.contains(where: { $0.0.lowercased() == name.lowercased() }) { headers.append((name, value)) }
    }
    setDefault("Host", "\(address.host):\(address.port)")
    setDefault("Content-Length", String(body?.utf8.count ?? 0))
    setDefault("Connection", "close")
    let lines = ["\(method) \(address.target) HTTP/1.1"] + headers.map { "\($0.0): \($0.1)" }
    try await connection.write(Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? "")).utf8))

    var reader = ByteReader(connection)
    let head = try ResponseHead(try await reader.takeHead())
    return RawHTTP(status: head.status, headers: head.headers, body: await reader.takeRest())
  }
}
