import Logging
import NIOCore

/// The open connections of a server, in the order in which they became idle. Used on the event loop only.
final class ConnectionRegistry {
  private let connectionsMax: Int
  private let logger: Logger
  private var connections: [ObjectIdentifier: Entry] = [:]
  private var step = 0
  private var nextNotice = NIODeadline.uptimeNanoseconds(0)

  private struct Entry {
    let connection: ConnectionGuard
    /// Grows with every change of any connection, so that the smallest is the oldest.
    var step: Int
  }

  init(connectionsMax: Int, logger: Logger) {
    self.connectionsMax = connectionsMax
    self.logger = logger
  }

  /// Adds a connection and returns `true`, or returns `false` if all that are open are in use.
  func admit(_ connection: ConnectionGuard) -> Bool {
    while connections.count >= connectionsMax {
      guard let idlest = idle.first else {
        notice("all \(connectionsMax) connections are in use; a new one was closed")
        return false
      }
      notice("\(connectionsMax) connections are open; the one that was idle longest was closed for a new one")
      close(idlest)
    }
    note(connection)
    return true
  }

  /// Records that a connection has become idle or busy just now.
  func note(_ connection: ConnectionGuard) {
    step += 1
    connections[ObjectIdentifier(connection)] = Entry(connection: connection, step: step)
  }

  func remove(_ connection: ConnectionGuard) { connections[ObjectIdentifier(connection)] = nil }

  /// Closes every connection that is not in use, and returns how many.
  func closeIdle() -> Int {
    let idle = idle
    idle.forEach(close)
    return idle.count
  }

  func closeAll() { connections.values.map(\.connection).forEach(close) }

  /// Those that are not in use, the one that is idle longest first.
  private var idle: [ConnectionGuard] {
    connections.values.filter { !$0.connection.isBusy }.sorted { $0.step < $1.step }.map(\.connection)
  }

  private func close(_ connection: ConnectionGuard) {
    remove(connection)
    connection.close()
  }

  private func notice(_ text: String) {
    let now = NIODeadline.now()
    guard now >= nextNotice else { return }
    nextNotice = now + TimeAmount(Limits.shedNoticePause)
    logger.warning("\(text)")
  }
}
