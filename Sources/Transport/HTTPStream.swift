internal import SystemPackage

/// A response whose body is still being received: an asynchronous sequence of chunks of the body, for one reader.
///
/// A chunk is everything that has arrived since the previous one, so its boundaries mean nothing. A reader that falls
/// behind makes the server wait: the connection is paused while 256 KiB are unread. The connection is closed when the
/// reading task is cancelled, or when the stream and its iterator are released.
package struct HTTPStream: AsyncSequence, Sendable {
  /// A chunk of the body, never empty.
  package typealias Element = [UInt8]
  package typealias Failure = TransportError

  package let status: Int
  package let headers: HTTPHeaders
  private let transfer: TransferHandle

  init(_ head: ResponseHead, _ transfer: TransferHandle) {
    status = head.status
    headers = head.headers
    self.transfer = transfer
  }

  /// Reads the body to its end.
  package func whole() async throws(TransportError) -> HTTPResponse {
    HTTPResponse(status: status, headers: headers, body: try await transfer.loop.rest(of: transfer).get() ?? [])
  }

  /// Replaces the content of an open file with the body, and returns its size in bytes.
  ///
  /// - Throws: `.fileFailed` if the file cannot be written; `.tooLarge` if the body has more than `bytesMax` bytes. The
  ///   file then holds the bytes before that.
  package func save(to descriptor: Int32, bytesMax: Int = .max) async throws(TransportError) -> Int {
    let file = FileDescriptor(rawValue: descriptor)
    try Self.write {
      try file.seek(offset: 0, from: .start)
      try file.resize(to: 0)
    }
    var saved = 0
    for try await chunk in self {
      guard chunk.count <= bytesMax - saved else {
        throw TransportError(.tooLarge, "the file is over \(bytesMax) bytes")
      }
      try Self.write { try file.writeAll(chunk) }
      saved += chunk.count
    }
    return saved
  }

  private static func write(_ operation: () throws -> Void) throws(TransportError) {
    do { try operation() } catch { throw TransportError(.fileFailed, "\(error)") }
  }

  /// Returns an iterator over the remaining body. A second iterator continues after the chunks of the first.
  package func makeAsyncIterator() -> Iterator { Iterator(transfer: transfer) }

  package struct Iterator: AsyncIteratorProtocol {
    fileprivate let transfer: TransferHandle

    /// Returns the next chunk, or `nil` at the end of the body.
    package mutating func next() async throws(TransportError) -> [UInt8]? {
      try await transfer.loop.chunk(of: transfer).get()
    }

    /// Returns the next chunk, or `nil` at the end of the body.
    package mutating func next(isolation actor: isolated (any Actor)?) async throws(TransportError) -> [UInt8]? {
      try await transfer.loop.chunk(of: transfer).get()
    }
  }
}
