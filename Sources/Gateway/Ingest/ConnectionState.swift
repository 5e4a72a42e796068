import FoundationEssentials

/// How the gateway is connected, for `/status`, `/health` and whoever must know whether it ever was.
actor ConnectionState {
  /// By which way posts come.
  enum Mode: String, Sendable, Codable {
    /// None.
    case none
    /// The event socket.
    case websocket
    /// REST, asked again and again, because the event socket cannot be had.
    case polling
  }

  private(set) var mode = Mode.none
  /// Since when it is as it is.
  private var since = Date()
  private var isTokenRefused = false
  private var wasEverUp = false
  private var failures = 0

  /// In words.
  var text: String {
    if isTokenRefused { return "the token is not accepted" }
    return switch mode {
    case .websocket: "WebSocket"
    case .polling: "polling: the WebSocket cannot be had"
    case .none: wasEverUp ? "lost; connecting again" : "connecting"
    }
  }

  /// By which way posts come, and since when. Where the token is refused, whatever comes cannot be answered.
  var facts: (mode: Mode, since: Date) { (isTokenRefused ? .none : mode, since) }

  /// Whether the event socket could not be had so often that posts are to be asked for over REST.
  var mustPoll: Bool { mode != .websocket && failures >= Limits.socketFailuresMax }

  /// Notes the way by which posts come now, and tells the one before and whether there never was any.
  func turn(to mode: Mode) -> (before: Mode, isFirst: Bool) {
    let before = self.mode
    if mode != before { since = Date() }
    if mode == .websocket { failures = 0 }
    self.mode = mode
    defer { wasEverUp = wasEverUp || mode != .none }
    return (before, !wasEverUp && mode != .none)
  }

  /// Does what `turn` does, unless the socket came meanwhile.
  func turnWhilePolling(to mode: Mode) -> (before: Mode, isFirst: Bool)? { mustPoll ? turn(to: mode) : nil }

  /// Notes whether the server accepts the token.
  func noteToken(isRefused: Bool) {
    if isRefused != isTokenRefused { since = Date() }
    isTokenRefused = isRefused
  }

  /// Notes that the socket is gone, or could not be had; tells whether it was open.
  func lost() -> Bool {
    guard mode == .websocket else {
      failures += 1
      return false
    }
    _ = turn(to: .none)
    return true
  }
}
