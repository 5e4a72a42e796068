import Foundation

/// Connections to a server of this machine, opened at once and held until they are closed.
package final class RawConnections: Sendable {
  private let sockets: [Int32]

  /// Opens so many; those that the server does not accept count as well.
  ///
  /// - Parameter connecting: is called when all sockets are made and none is connected.
  package init(_ count: Int, to url: String, connecting: () -> Void = {}) throws {
    OpenFileLimit.raise()
    let loopback = try LoopbackAddress(url)
    sockets = (0..<count).map { _ in socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0) }
    connecting()
    let connected = sockets.count { loopback.connect($0) }
    guard connected == count else { throw TestFailure("only \(connected) of \(count) connections came about") }
  }

  deinit { for socket in sockets { close(socket) } }

  /// How many there are.
  package var count: Int { sockets.count }

  /// One of them, to read and write: calls block.
  package subscript(_ index: Int) -> Peer { Peer(sockets[index]) }

  /// How many the server has closed by now.
  package var closedByServer: Int {
    sockets.count {
      var byte: UInt8 = 0
      let result = recv($0, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
      return result == 0 || result < 0 && errno != EAGAIN
    }
  }

  /// Ends them all, for the server as if they were closed. Their numbers stay taken, so that they name nothing else.
  package func end() { for socket in sockets { shutdown(socket, Int32(SHUT_RDWR)) } }
}

/// How many descriptors this process may have.
package enum OpenFileLimit {
  /// Allows as many as the system lets it.
  package static func raise() { set { $0.rlim_max } }

  /// Allows `count` more than it has now.
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
