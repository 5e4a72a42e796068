import Core
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The gateway's state as its service manager shows it, as in `systemctl status`.
///
/// The manager counts the gateway as started once posts arrive, or once it stands by.
package final class ServiceStatus: Sendable {
  fileprivate struct State {
    var connection = "starting"
    /// The file whose newest rules are refused.
    var refusedRules: String?
    var isReady = false
    var isStopping = false
    var isReloading = false
    /// Notifications that the manager's queue had no room for, oldest first.
    var unsent: [String] = []
    var isRetrying = false
  }

  private let manager: ServiceManager?
  private let state = Mutex(State())

  /// - Parameter manager: The manager to notify; `nil` if there is none.
  package init(_ manager: ServiceManager?) { self.manager = manager }

  /// Reports that the gateway waits for the server or the database before it starts.
  func wait(for awaited: String, because reason: String) {
    update { $0.connection = "waiting for \(awaited): \(reason)" }
  }

  /// Reports that another gateway answers by other rules, and this one waits until they are the same.
  func standBy(for other: String) {
    update { state in
      state.connection = "standing by; \(other) answers by other rules"
      state.isReady = true
    }
  }

  /// Reports how posts arrive. The first time that they do, the gateway is ready.
  func show(_ connection: String, isConnected: Bool) {
    update { state in
      state.connection = connection
      if isConnected { state.isReady = true }
    }
  }

  /// Reports that newer rules are being loaded. Before the gateway is ready, that is part of its start.
  func beginReload() { update { $0.isReloading = $0.isReady } }

  /// Reports that the newest rules are in force, or that those of a file are refused.
  func endReload(refused file: String?) {
    update { state in
      state.isReloading = false
      state.refusedRules = file
    }
  }

  /// Reports that the gateway ends.
  package func stop() { update { $0.isStopping = true } }

  private func update(_ change: (inout State) -> Void) {
    guard let manager else { return }
    // Sent within the lock, so that the last notification is of the last state.
    state.withLock { state in
      let before = state
      change(&state)
      guard let text = state.assignments(after: before) else { return }
      state.unsent = state.unsent.suffix(Limits.unsentStatusesMax - 1) + [text]
      send(&state, to: manager)
    }
  }

  private func send(_ state: inout State, to manager: ServiceManager) {
    while let text = state.unsent.first, manager.notify(text) { state.unsent.removeFirst() }
    guard !state.unsent.isEmpty, !state.isRetrying else { return }
    // Without READY=1 the manager would wait for the start forever.
    state.isRetrying = true
    Task {
      try? await Task.sleep(for: Limits.statusRetryPause)
      self.state.withLock { state in
        state.isRetrying = false
        send(&state, to: manager)
      }
    }
  }
}

extension ServiceStatus.State {
  /// The assignments of sd_notify(3) for the change from another state, or `nil` if there is none.
  fileprivate func assignments(after before: Self) -> String? {
    var lines: [String] = []
    if isStopping {
      if before.isStopping { return nil }
      return "STOPPING=1\nSTATUS=shutting down"
    }
    if isReloading, !before.isReloading { lines += ["RELOADING=1", "MONOTONIC_USEC=\(Self.monotonicMicroseconds)"] }
    if isReady, !before.isReady || before.isReloading && !isReloading { lines.append("READY=1") }
    if !lines.isEmpty || text != before.text {
      lines.append("STATUS=\(text.singleLine(atMost: Limits.statusScalarsMax))")
    }
    return lines.isEmpty ? nil : lines.joined(separator: "\n")
  }

  private var text: String {
    if isReloading { return "reloading the rules" }
    return connection + (refusedRules.map { "; the newest rules of \($0) are refused, see the log" } ?? "")
  }

  private static var monotonicMicroseconds: Int64 {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1_000
  }
}
