#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The datagram socket of a service manager (sd_notify(3)).
///
/// Nothing waits for the manager: a datagram that it does not accept at once is not sent.
final class NotificationSocket: Sendable {
  private let descriptor: Int32
  private let address: sockaddr_un
  private let length: socklen_t

  /// Creates a socket for an absolute path, or for an abstract address, which begins with `@` (unix(7)).
  ///
  /// - Returns: `nil` if it is neither, or too long, or if no socket can be created.
  init?(_ name: String) {
    var bytes = Array(name.utf8)
    guard bytes.count > 1, let first = bytes.first, first == UInt8(ascii: "/") || first == UInt8(ascii: "@") else {
      return nil
    }
    if first == UInt8(ascii: "@") { bytes[0] = 0 }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let isShort = withUnsafeMutableBytes(of: &address.sun_path) { path in
      guard bytes.count < path.count else { return false }
      path.copyBytes(from: bytes)
      return true
    }
    guard isShort else { return nil }
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    self.address = address
    // An abstract address has no terminating zero; one after a path does no harm.
    length = socklen_t((MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 0) + bytes.count)
  }

  deinit { close(descriptor) }

  /// Sends assignments, one per line.
  ///
  /// - Returns: false if the manager's queue is full, so that it may accept them later.
  @discardableResult
  func send(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    let sent = withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        sendto(descriptor, bytes, bytes.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL), $0, length)
      }
    }
    return sent >= 0 || (errno != EAGAIN && errno != ENOBUFS)
  }
}
