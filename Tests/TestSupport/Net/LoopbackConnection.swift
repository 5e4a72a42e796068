import Foundation

/// A TCP connection to a server of this machine. Its calls suspend; what blocks runs on threads of its own.
final class LoopbackConnection: Sendable {
  private let peer: Peer
  private let chunks: AsyncStream<[UInt8]>

  /// Connects.
  ///
  /// - Throws: `TestFailure` if nobody listens.
  init(to loopback: LoopbackAddress) throws {
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard loopback.connect(socket) else {
      Foundation.close(socket)
      throw TestFailure("no connection to \(loopback.host):\(loopback.port)")
    }
    peer = Peer(socket)
    let (chunks, chunk) = AsyncStream.makeStream(of: [UInt8].self)
    self.chunks = chunks
    // Holds the connection, so that its descriptor is closed only when nothing reads from it any more.
    Thread.detachNewThread { [self] in
      while true {
        // Silence is no end.
        guard let bytes = peer.read() else { continue }
        if bytes.isEmpty { break }
        chunk.yield(bytes)
      }
      chunk.finish()
    }
  }

  deinit { Foundation.close(peer.socket) }

  /// The bytes that came, or nil at the end of the connection.
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
