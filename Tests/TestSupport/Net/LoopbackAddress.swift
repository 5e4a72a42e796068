import Foundation

/// An address on this machine, taken apart.
struct LoopbackAddress {
  let host: String
  let port: UInt16
  /// Path and query.
  let target: String

  init(_ text: String) throws {
    guard let url = URLComponents(string: text), let host = url.host, let port = url.port.flatMap(UInt16.init) else {
      throw TestFailure("`\(text)` is no address with a host and a port")
    }
    self.host = host
    self.port = port
    target =
      (url.percentEncodedPath.isEmpty ? "/" : url.percentEncodedPath)
      + (url.percentEncodedQuery.map { "?\($0)" } ?? "")
  }

  /// Connects a socket; false if nobody listens.
  func connect(_ socket: Int32) -> Bool {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    guard inet_pton(AF_INET, host == "localhost" ? "127.0.0.1" : host, &address.sin_addr) == 1 else { return false }
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Foundation.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}

/// The bytes that a socket gives, looked at before they are taken.
struct ByteReader {
  let connection: LoopbackConnection
  private var bytes: [UInt8] = []

  init(_ connection: LoopbackConnection) { self.connection = connection }

  /// Exactly `count` bytes.
  mutating func take(_ count: Int) async throws -> [UInt8] {
    while bytes.count < count { try await fill() }
    defer { bytes.removeFirst(count) }
    return Array(bytes.prefix(count))
  }

  /// What comes before an empty line, which is taken too.
  mutating func takeHead() async throws -> String {
    let end = Array("\r\n\r\n".utf8)
    while true {
      if let range = bytes.firstRange(of: end) {
        defer { bytes.removeFirst(range.upperBound) }
        return String(decoding: bytes[..<range.lowerBound], as: UTF8.self)
      }
      try await fill()
    }
  }

  /// All that still comes, until the other side closes.
  mutating func takeRest() async -> [UInt8] {
    defer { bytes = [] }
    while let more = await connection.read() { bytes += more }
    return bytes
  }

  private mutating func fill() async throws {
    guard let more = await connection.read() else { throw TestFailure("the connection has ended") }
    bytes += more
  }
}

/// A status line and headers.
struct ResponseHead {
  let status: Int
  let headers: [String: String]

  init(_ text: String) throws {
    let lines = text.split(separator: "\r\n")
    let words = lines.first?.split(separator: " ") ?? []
    guard words.count >= 2, let status = Int(words[1]) else { throw TestFailure("no HTTP status in `\(text)`") }
    self.status = status
    headers = Dictionary(
      lines.dropFirst().compactMap { line in
        guard let colon = line.firstIndex(of: ":") else { return nil }
        return (line[..<colon].lowercased(), line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces))
      }, uniquingKeysWith: { first, _ in first })
  }
}
