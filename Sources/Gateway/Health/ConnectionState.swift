import FoundationEssentials

/// The way in which posts reach the gateway, for `!status`, `/health` and polling.
actor ConnectionState {
  enum Mode: String, Sendable, Codable, CaseIterable {
    case none
    case websocket
    /// Over REST, because the event socket cannot be opened.
    case polling
  }

  private(set) var mode = Mode.none
  /// The time at which the mode changed, or the token was rejected or accepted.
  private var since = Date()
  private var isTokenRejected = false
  private var wasConnected = false
  private var failures = 0
  private let onChange: @Sendable (Mode, String) -> Void

  /// - Parameter onChange: Called with each new mode, and the state in words.
  init(onChange: @escaping @Sendable (Mode, String) -> Void = { _, _ in }) { self.onChange = onChange }

  /// The state in words.
  var text: String {
    if isTokenRejected { return "the token is not accepted" }
    return switch mode {
    case .websocket: "WebSocket"
    case .polling: "polling, because the WebSocket cannot be opened"
    case .none: wasConnected ? "lost; reconnecting" : "connecting"
    }
  }

  /// The mode and when it began. With a rejected token nothing can be answered, so the mode is `none`.
  var current: (mode: Mode, since: Date) { (isTokenRejected ? .none : mode, since) }

  /// True if to poll, because several attempts in a row to open the event socket failed.
  var mustPoll: Bool { mode != .websocket && failures >= Limits.socketFailuresMax }

  /// Changes the mode.
  ///
  /// - Returns: The mode before, and whether this is the first connection.
  func change(to mode: Mode) -> (before: Mode, isFirst: Bool) {
    let before = self.mode
    if mode != before { since = Date() }
    if mode == .websocket { failures = 0 }
    self.mode = mode
    let isFirst = !wasConnected && mode != .none
    wasConnected = wasConnected || mode != .none
    reportChange()
    return (before, isFirst)
  }

  /// Changes the mode unless the event socket has opened meanwhile.
  func changeWhilePolling(to mode: Mode) -> (before: Mode, isFirst: Bool)? { mustPoll ? change(to: mode) : nil }

  func recordToken(isRejected: Bool) {
    if isRejected != isTokenRejected { since = Date() }
    isTokenRejected = isRejected
    reportChange()
  }

  private func reportChange() { onChange(current.mode, text) }

  /// Records that the event socket closed or could not be opened, and returns whether it was open.
  func recordLoss() -> Bool {
    guard mode == .websocket else {
      failures += 1
      return false
    }
    _ = change(to: .none)
    return true
  }
}

extension ConnectionState.Mode {
  /// The state as a sentence about the bot, from the state in words.
  func sentence(_ text: String, bot: String) -> String {
    switch self {
    case .none: "not connected: \(text)"
    case .websocket: "connected as @\(bot)"
    case .polling: "connected as @\(bot), \(text)"
    }
  }
}
