import Foundation

/// Lets a test tell a server's script when to go on. The script waits at most as long as a `Peer`.
package final class TestGate: Sendable {
  private let semaphore = DispatchSemaphore(value: 0)

  package init() {}

  /// Lets one `wait` pass.
  package func open() { semaphore.signal() }

  /// Waits for its turn.
  package func wait() { _ = semaphore.wait(timeout: .now() + .seconds(Peer.patience)) }
}
