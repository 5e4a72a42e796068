import Foundation

/// The processes with a variable whose value is unique for a test, which descendants inherit.
package struct TaggedProcesses: Sendable {
  /// The value; the name of the variable does not matter.
  package let mark = UUID().uuidString

  package init() {}

  /// Returns the ids of the running processes. A zombie has no variables.
  package func alive() throws -> [Int32] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }.filter { pid in
      FileManager.default.contents(atPath: "/proc/\(pid)/environ")?.range(of: Data(mark.utf8)) != nil
    }
  }
}

/// The listening sockets of this process.
package enum ListeningSocket {
  /// Shuts down the socket that listens at a port, and returns whether there was one.
  package static func end(port: UInt16) -> Bool {
    for socket in 3..<Int32(4096) {
      var (isListening, length) = (Int32(0), socklen_t(4))
      guard getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &length) == 0, isListening == 1 else {
        continue
      }
      var address = sockaddr_in()
      length = socklen_t(MemoryLayout<sockaddr_in>.size)
      let isNamed = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &length) == 0 }
      }
      if isNamed, UInt16(bigEndian: address.sin_port) == port { return shutdown(socket, Int32(SHUT_RDWR)) == 0 }
    }
    return false
  }
}
