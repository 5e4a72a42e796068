import Foundation

/// A socket of this process that listens, as the system sees it.
package enum ListeningSocket {
  /// Has the system end the one at a port, and returns whether there was one.
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
