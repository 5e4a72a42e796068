import Foundation

/// A datagram socket that receives what a program sends to its service manager (sd_notify(3)).
package final class NotificationReceiver: Sendable {
  /// The value of `NOTIFY_SOCKET`.
  package let address: String
  private let descriptor: Int32

  /// Listens at a path in `folder`, or at an abstract address (unix(7)).
  package init(in folder: TemporaryFolder, isAbstract: Bool = false) throws {
    address = isAbstract ? "@edgecrab-test-\(UUID().uuidString)" : folder.path("notify")
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var name = sockaddr_un()
    name.sun_family = sa_family_t(AF_UNIX)
    var bytes = Array(address.utf8)
    if isAbstract { bytes[0] = 0 }
    withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: bytes) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
    let descriptor = descriptor
    let result = withUnsafePointer(to: name) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
    }
    guard result == 0 else { throw TestFailure("cannot listen at \(address): errno \(errno)") }
  }

  deinit { close(descriptor) }

  /// Returns the next datagram that has arrived, or `nil` if there is none.
  package func received() -> String? {
    var buffer: [UInt8] = Array(repeating: 0, count: 4096)
    let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
    return count < 0 ? nil : String(decoding: buffer.prefix(count), as: UTF8.self)
  }

  /// Waits for a datagram with a line, such as `READY=1`, and returns it; others before it are dropped.
  @discardableResult
  package func next(with line: String) async throws -> String {
    var dropped: [String] = []
    var found: String?
    try await wait(for: "`\(line)` after \(dropped)") {
      while let text = received() {
        if text.split(separator: "\n").contains(Substring(line)) {
          found = text
          return true
        }
        dropped.append(text)
      }
      return false
    }
    return found ?? ""
  }
}
