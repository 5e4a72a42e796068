import Foundation

/// A TCP server on loopback that runs a script for every connection. It listens until the tests end: if it stopped with
/// its last reference, that could happen before the connection of the client is accepted.
package struct TestServer: Sendable {
  package let port: UInt16

  /// Starts listening. Each connection runs the script on its own thread and is closed after it.
  package init(_ script: @escaping @Sendable (Peer) -> Void) throws {
    let listener: Int32
    (listener, port) = try Self.bind()
    guard listen(listener, 64) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    Thread.detachNewThread {
      while true {
        let connection = accept(listener, nil, nil)
        if connection < 0 { return }
        Thread.detachNewThread {
          script(Peer(connection))
          close(connection)
        }
      }
    }
  }

  /// The address without a path.
  package var url: String { "http://127.0.0.1:\(port)" }

  /// A port without a listener until the tests end: a socket that does not listen is bound to it.
  package static func closedPort() throws -> UInt16 { try bind().port }

  /// A port that another program can listen on.
  package static func freePort() throws -> UInt16 {
    let (socket, port) = try bind()
    close(socket)
    return port
  }

  private static func bind() throws -> (socket: Int32, port: UInt16) {
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        Foundation.bind(socket, address, length) == 0 && getsockname(socket, address, &length) == 0
      }
    }
    guard isBound else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    return (socket, UInt16(bigEndian: address.sin_port))
  }
}
