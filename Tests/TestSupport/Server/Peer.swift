import Foundation

/// The server's end of one connection, in a script that runs on a thread of its own, so every call may block. No
/// call blocks for longer than `patience`.
package struct Peer: Sendable {
  /// How long a call waits for the client, in seconds.
  package static let patience = 40

  package let socket: Int32

  package init(_ socket: Int32) {
    self.socket = socket
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] { setLimit(option, milliseconds: Self.patience * 1000) }
  }

  private func setLimit(_ option: Int32, milliseconds: Int) {
    var limit = timeval(tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000)
    setsockopt(socket, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  /// Reads at most `count` bytes: empty at the end of the connection, nil if nothing came.
  package func read(_ count: Int = 65536) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    let result = recv(socket, &bytes, count, 0)
    if result < 0 { return errno == EAGAIN ? nil : [] }
    return Array(bytes[..<result])
  }

  /// Reads exactly so many bytes, or fewer if the connection ends.
  package func readExactly(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count, let more = read(count - bytes.count), !more.isEmpty { bytes += more }
    return bytes
  }

  /// Sends all bytes; false if the client does not take them.
  @discardableResult package func send(_ bytes: some Collection<UInt8>) -> Bool {
    let bytes = Array(bytes)
    var sent = 0
    while sent < bytes.count {
      let result = bytes[sent...].withUnsafeBytes {
        Foundation.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if result <= 0 { return false }
      sent += result
    }
    return true
  }

  /// Sends text.
  @discardableResult package func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  /// Sends all bytes, however long the client makes it wait. Each half second in which the client takes none is told.
  @discardableResult package func send(_ bytes: [UInt8], onStall: () -> Void) -> Bool {
    setLimit(SO_SNDTIMEO, milliseconds: 500)
    var (sent, stalls) = (0, 0)
    while sent < bytes.count, stalls < Self.patience * 2 {
      let result = bytes.withUnsafeBytes {
        Foundation.send(socket, $0.baseAddress.map { $0 + sent }, $0.count - sent, Int32(MSG_NOSIGNAL))
      }
      if result > 0 {
        sent += result
      } else if errno == EAGAIN {
        onStall()
        stalls += 1
      } else {
        return false
      }
    }
    return sent == bytes.count
  }

  /// Says nothing for a while, where slowness is what is tested.
  package func pause(milliseconds: UInt32) { usleep(milliseconds * 1000) }

  /// Reads until the client closes; false if it does not.
  @discardableResult package func waitForClose() -> Bool { waitForClose(milliseconds: Self.patience * 1000) }

  /// Sends the bytes again and again until the client closes; false if it does not.
  package func sendUntilClosed(_ bytes: [UInt8]) -> Bool {
    let pause = 5
    for _ in 0..<Self.patience * 1000 / pause {
      if waitForClose(milliseconds: pause) { return true }
      send(bytes)
    }
    return false
  }

  private func waitForClose(milliseconds: Int) -> Bool {
    setLimit(SO_RCVTIMEO, milliseconds: milliseconds)
    while let bytes = read() {
      if bytes.isEmpty { return true }
    }
    return false
  }

  /// Says that nothing more comes; what the other side says can still be read.
  package func endInput() { shutdown(socket, Int32(SHUT_WR)) }

  /// Resets the connection: the client sees an error, not an end.
  package func reset() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
  }
}
