/// A response whose body is still coming in: an asynchronous sequence of pieces of the body, for one reader.
///
/// Pieces are as large as what has come since the last one, so a reader must not take them for lines or events. A
/// reader that is behind makes the server wait: the connection is paused once 256 KiB are held. The connection is
/// closed at once when the reading task is cancelled, or when the stream and its iterator are dropped.
package struct HTTPStream: AsyncSequence, Sendable {
  /// A piece of the body, never empty.
  package typealias Element = [UInt8]
  /// What reading throws.
  package typealias Failure = TransportError

  /// The status code.
  package let status: Int
  /// The headers.
  package let headers: HTTPHeaders
  private let lease: TransferHandle

  init(status: Int, headers: HTTPHeaders, lease: TransferHandle) {
    self.status = status
    self.headers = headers
    self.lease = lease
  }

  /// Reads the body to its end.
  package func whole() async throws(TransportError) -> HTTPResponse {
    var body: [UInt8] = []
    for try await chunk in self {
      if body.isEmpty { body = chunk } else { body += chunk }
    }
    return HTTPResponse(status: status, headers: headers, body: body)
  }

  /// Begins to read. A second iterator goes on where the first one is.
  package func makeAsyncIterator() -> Iterator { Iterator(lease: lease) }

  /// Reads the body piece by piece.
  package struct Iterator: AsyncIteratorProtocol {
    let lease: TransferHandle

    /// The next piece, or nil at the end of the body.
    package mutating func next() async throws(TransportError) -> [UInt8]? {
      try await lease.loop.chunk(of: lease).get()
    }

    /// The next piece, or nil at the end of the body.
    package mutating func next(isolation actor: isolated (any Actor)?) async throws(TransportError) -> [UInt8]? {
      try await lease.loop.chunk(of: lease).get()
    }
  }
}
