import Foundation

/// Connections to a server of this machine, opened at once and open until the last reference is gone.
package final class RawConnections: Sendable {
  private let sockets: [Int32]

  /// Opens connections, including those that the server does not accept.
  ///
  /// - Parameter connecting: called after all sockets are created and before any is connected.
  package init(_ count: Int, to url: String, connecting: () -> Void = {}) throws {
    OpenFileLimit.raise()
    let loopback = try LoopbackAddress(url)
    sockets = (0..<count).map { _ in socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0) }
    connecting()
    let connected = sockets.count { loopback.connect($0) }
    guard connected == count else { throw TestFailure("only \(connected) of \(count) connections were opened") }
  }

  deinit { for socket in sockets { close(socket) } }

  package var count: Int { sockets.count }

  /// A connection, for blocking calls.
  package subscript(_ index: Int) -> Peer { Peer(sockets[index]) }

  /// The number of connections that the server has closed.
  package var closedByServer: Int {
    sockets.count {
      var byte: UInt8 = 0
      let result = recv($0, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
      return result == 0 || result < 0 && errno != EAGAIN
    }
  }

  /// Ends all connections. Their descriptors stay open, so that their numbers are not reused.
  package func end() { for socket in sockets { shutdown(socket, Int32(SHUT_RDWR)) } }
}

/// The limit of open files of the test process.
package enum OpenFileLimit {
  /// Raises the limit to the maximum.
  package static func raise() { set { $0.rlim_max } }

  /// Sets the limit to `count` more files than are open now.
  package static func allow(_ count: Int) {
    let free = dup(STDERR_FILENO)
    close(free)
    set { _ in rlim_t(Int(free) + count) }
  }

  private static func set(_ most: (rlimit) -> rlim_t) {
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    var limit = rlimit()
    getrlimit(resource, &limit)
    limit.rlim_cur = most(limit)
    setrlimit(resource, &limit)
  }
}
