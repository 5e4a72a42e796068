import Foundation

/// An HTTP/1.1 exchange on its own connection, with exactly the headers of the test.
package struct RawHTTP: Sendable {
  package let status: Int
  /// The headers by lower-case name; the first one of a name counts.
  package let headers: [String: String]
  package let body: [UInt8]

  /// The body as text.
  package var text: String { String(decoding: body, as: UTF8.self) }

  /// Sends a request and reads the response. `Host` and `Content-Length` are added if `headers` has none.
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
    let head = try ResponseHead(try await reader.readHead())
    return RawHTTP(status: head.status, headers: head.headers, body: await reader.readRest())
  }
}

/// The parts of an address of this machine.
struct LoopbackAddress {
  let host: String
  let port: UInt16
  /// Path and query.
  let target: String

  init(_ text: String) throws {
    guard let url = URLComponents(string: text), let host = url.host, let port = url.port.flatMap(UInt16.init) else {
      throw TestFailure("`\(text)` is not an address with a host and a port")
    }
    self.host = host
    self.port = port
    target =
      (url.percentEncodedPath.isEmpty ? "/" : url.percentEncodedPath)
      + (url.percentEncodedQuery.map { "?\($0)" } ?? "")
  }

  /// Connects a socket, and returns whether that succeeded.
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

/// A buffered reader of a connection.
struct ByteReader {
  let connection: LoopbackConnection
  private var bytes: [UInt8] = []

  init(_ connection: LoopbackConnection) { self.connection = connection }

  /// Reads exactly `count` bytes.
  mutating func read(_ count: Int) async throws -> [UInt8] {
    while bytes.count < count { try await fill() }
    defer { bytes.removeFirst(count) }
    return Array(bytes.prefix(count))
  }

  /// Reads up to an empty line, which is removed.
  mutating func readHead() async throws -> String {
    let end = Array("\r\n\r\n".utf8)
    while true {
      if let range = bytes.firstRange(of: end) {
        defer { bytes.removeFirst(range.upperBound) }
        return String(decoding: bytes[..<range.lowerBound], as: UTF8.self)
      }
      try await fill()
    }
  }

  /// Reads to the end of the connection.
  mutating func readRest() async -> [UInt8] {
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

/// A TCP connection to a server of this machine. Calls suspend; blocking work has its own threads.
final class LoopbackConnection: Sendable {
  private let peer: Peer
  private let chunks: AsyncStream<[UInt8]>

  /// Connects.
  ///
  /// - Throws: `TestFailure` if no server listens.
  init(to loopback: LoopbackAddress) throws {
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard loopback.connect(socket) else {
      Foundation.close(socket)
      throw TestFailure("no connection to \(loopback.host):\(loopback.port)")
    }
    peer = Peer(socket)
    let (chunks, chunk) = AsyncStream.makeStream(of: [UInt8].self)
    self.chunks = chunks
    // Retains the connection, so that its descriptor is closed only after the last read.
    Thread.detachNewThread { [self] in
      while true {
        // `nil` is a timeout, not the end.
        guard let bytes = peer.read() else { continue }
        if bytes.isEmpty { break }
        chunk.yield(bytes)
      }
      chunk.finish()
    }
  }

  deinit { Foundation.close(peer.socket) }

  /// Waits for bytes, or returns `nil` at the end of the connection.
  func read() async -> [UInt8]? {
    var chunks = chunks.makeAsyncIterator()
    return await chunks.next()
  }

  /// Sends all bytes.
  func write(_ bytes: [UInt8]) async throws {
    let isSent = await withCheckedContinuation { sent in
      Thread.detachNewThread { [peer] in sent.resume(returning: peer.send(bytes)) }
    }
    guard isSent else { throw TestFailure("the server took no more bytes") }
  }

  /// Ends the connection.
  func close() { shutdown(peer.socket, Int32(SHUT_RDWR)) }
}
