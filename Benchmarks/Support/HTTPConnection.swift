import Foundation
package import TestSupport

/// The server's end of a keep-alive connection. It reads as much as there is at once: a server that reads byte by byte,
/// as the tests' does, would be the bottleneck.
package struct HTTPConnection {
  package struct Request {
    package let method: String
    /// The path without the query.
    package let path: String
    /// The request line and the headers.
    package let head: String
    package let body: [UInt8]
    package let arrival: ContinuousClock.Instant
  }

  private let peer: Peer
  private var buffer: [UInt8] = []

  package init(_ peer: Peer) {
    self.peer = peer
    // Small writes go out at once, as those of Mattermost do.
    var on: Int32 = 1
    setsockopt(peer.socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
  }

  /// Reads the next request, or returns `nil` at the end of the connection or after `Peer.patience` without one.
  package mutating func nextRequest() -> Request? {
    while true {
      if let end = headEnd {
        let head = String(decoding: buffer[..<end], as: UTF8.self)
        let length = Self.contentLength(of: head)
        if buffer.count >= end + length {
          let arrival = ContinuousClock.now
          let body = Array(buffer[end..<end + length])
          buffer.removeFirst(end + length)
          let words = head.prefix { $0 != "\r\n" }.split(separator: " ")
          guard words.count == 3 else { return nil }
          return Request(
            method: String(words[0]), path: String(words[1].prefix { $0 != "?" }), head: head, body: body,
            arrival: arrival)
        }
      }
      guard let more = peer.read(), !more.isEmpty else { return nil }
      buffer += more
    }
  }

  /// The position after the empty line that ends the head.
  private var headEnd: Int? {
    guard buffer.count >= 4 else { return nil }
    return (4...buffer.count).first { end in
      buffer[end - 1] == 10 && buffer[end - 2] == 13 && buffer[end - 3] == 10 && buffer[end - 4] == 13
    }
  }

  private static func contentLength(of head: String) -> Int {
    for line in head.split(separator: "\r\n").dropFirst() where line.lowercased().hasPrefix("content-length:") {
      return Int(line.dropFirst("content-length:".count).trimmingCharacters(in: .whitespaces)) ?? 0
    }
    return 0
  }
}
