import Synchronization
import Transport

/// Finds out whether the network's thread runs what it is given: it reads, decides and answers posts.
final class NetworkThreadProbe: Sendable {
  static let shared = NetworkThreadProbe()

  /// True while a job waits on the thread: while it does not run, there is one, however often it is asked.
  private let isWaiting = Mutex(false)

  private init() {}

  /// Returns whether the thread runs a job within some time.
  func isRunning(within limit: Duration) async -> Bool {
    let deadline = ContinuousClock.now + limit
    let mustStart = isWaiting.withLock { isWaiting in
      defer { isWaiting = true }
      return !isWaiting
    }
    if mustStart {
      Task(executorPreference: NetworkThread.shared) { self.isWaiting.withLock { $0 = false } }
    }
    var pause = Duration.milliseconds(1)
    while isWaiting.withLock({ $0 }) {
      guard ContinuousClock.now < deadline, (try? await Task.sleep(for: pause)) != nil else { return false }
      pause = min(pause * 2, .milliseconds(100))
    }
    return true
  }
}
