/// A response whose body is still coming in: an asynchronous sequence of pieces of the body, for one reader.
///
/// Pieces are as large as what has come since the last one, so a reader must not take them for lines or events. A
/// reader that is behind makes the server wait: the connection is paused once 256 KiB are held. The connection is
/// closed at once when the reading task is cancelled, or when the stream and its iterator are dropped.
public struct HTTPStream: AsyncSequence, Sendable {
  /// A piece of the body, never empty.
  public typealias Element = [UInt8]
  /// What reading throws.
  public typealias Failure = TransportError

  /// The status code.
  public let status: Int
  /// The headers.
  public let headers: HTTPHeaders
  private let lease: Lease

  init(status: Int, headers: HTTPHeaders, lease: Lease) {
    self.status = status
    self.headers = headers
    self.lease = lease
  }

  /// Reads the body to its end.
  public func whole() async throws(TransportError) -> HTTPResponse {
    var body: [UInt8] = []
    for try await chunk in self {
      if body.isEmpty { body = chunk } else { body += chunk }
    }
    return HTTPResponse(status: status, headers: headers, body: body)
  }

  /// Begins to read. A second iterator goes on where the first one is.
  public func makeAsyncIterator() -> Iterator { Iterator(lease: lease) }

  /// Reads the body piece by piece.
  public struct Iterator: AsyncIteratorProtocol {
    let lease: Lease

    /// The next piece, or nil at the end of the body.
    public mutating func next() async throws(TransportError) -> [UInt8]? {
      try await lease.loop.chunk(of: lease).get()
    }

    /// The next piece, or nil at the end of the body.
    public mutating func next(isolation actor: isolated (any Actor)?) async throws(TransportError) -> [UInt8]? {
      try await lease.loop.chunk(of: lease).get()
    }
  }
}
