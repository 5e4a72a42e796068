import Core
import Transport

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The service manager that started this process and waits for notifications, such as systemd: sd_notify(3) and
/// sd_watchdog_enabled(3).
package struct ServiceManager: Sendable {
  /// The longest time between two watchdog notifications that the manager accepts; `nil` if it watches nothing.
  let watchdogTime: Duration?
  private let socket: NotificationSocket

  private static let names = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]

  /// Removes the manager's variables from the environment, so that no program inherits them, and returns the manager, or
  /// `nil` if there is none.
  ///
  /// Call this before other threads use the environment.
  package static func removeFromEnvironment() -> ServiceManager? {
    let values = names.compactMap { name in getenv(name).map { (name, String(cString: $0)) } }
    for name in names { unsetenv(name) }
    return ServiceManager(Dictionary(values) { $1 }, process: getpid())
  }

  init?(_ variables: [String: String], process: pid_t) {
    guard let name = variables["NOTIFY_SOCKET"], let socket = NotificationSocket(name) else { return nil }
    self.socket = socket
    let isWatched = variables["WATCHDOG_PID"].map { $0 == "\(process)" } ?? true
    watchdogTime =
      isWatched
      ? variables["WATCHDOG_USEC"].flatMap { Int64($0) }.flatMap { $0 > 0 ? Duration.microseconds($0) : nil } : nil
  }

  /// Returns whether the manager accepted the assignments, or is not there to do so later.
  @discardableResult
  func notify(_ assignments: String) -> Bool { socket.send(assignments) }

  /// Sends watchdog notifications from the network's thread, twice in the time that the manager accepts, until the task is
  /// cancelled: if that thread hangs, the manager ends the process and starts it again.
  @discardableResult
  package func startWatchdog() -> Task<Void, Never>? {
    guard let watchdogTime else { return nil }
    let pause = max(watchdogTime / 2, Limits.watchdogPauseMin)
    return Task(executorPreference: NetworkThread.shared) { [socket] in
      while !Task.isCancelled {
        socket.send("WATCHDOG=1")
        try? await Task.sleep(for: pause, clock: .preferred)
      }
    }
  }
}
