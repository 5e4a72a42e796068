import Foundation

/// A request as a server got it.
package struct ReceivedRequest: Sendable, Equatable {
  /// The request line and the headers, byte for byte.
  package let head: String
  /// The body, as far as it came.
  package let body: String

  /// `GET /a?b=c HTTP/1.1`.
  package var line: String { String(head.prefix { $0 != "\r\n" }) }
  /// `GET /a?b=c`.
  package var target: String { line.split(separator: " ").prefix(2).joined(separator: " ") }

  /// The headers, by their names in lower case.
  package var headers: [String: String] { Self.headers(of: head) }

  fileprivate static func headers(of head: String) -> [String: String] {
    let pairs = head.split(separator: "\r\n").dropFirst().map { line in
      let parts = line.split(separator: ":", maxSplits: 1)
      return (parts[0].lowercased(), parts.count == 2 ? parts[1].trimmingCharacters(in: .whitespaces) : "")
    }
    return Dictionary(pairs) { _, last in last }
  }
}

extension Peer {
  /// Reads up to and with the empty line after a request's headers.
  @discardableResult package func readHead() -> String {
    var head: [UInt8] = []
    while !head.suffix(4).elementsEqual("\r\n\r\n".utf8), let byte = read(1), !byte.isEmpty { head += byte }
    return String(decoding: head, as: UTF8.self)
  }

  /// Reads a request with a body of the length that it tells; nil at the end of the connection.
  package func readRequest() -> ReceivedRequest? {
    let head = readHead()
    guard !head.isEmpty else { return nil }
    let length = ReceivedRequest.headers(of: head)["content-length"].flatMap { Int($0) } ?? 0
    return ReceivedRequest(head: head, body: String(decoding: readExactly(length), as: UTF8.self))
  }

  /// Sends a whole response with a `Content-Length`.
  package func respond(_ status: String, headers: [String] = [], body: String = "") {
    let lines = ["HTTP/1.1 \(status)", "Content-Length: \(body.utf8.count)"] + headers
    send(lines.map { $0 + "\r\n" }.joined() + "\r\n" + body)
  }
}
