import FoundationEssentials

/// How the gateway is connected, for `/status`, `/health` and whoever must know whether it ever was.
actor ConnectionState {
  private var isUp = false
  /// Since when it is as it is.
  private var since = Date()
  private var wasEverUp = false
  private var failedStarts = 0

  /// In words.
  var text: String {
    if isUp { return "WebSocket" }
    return wasEverUp ? "lost; connecting again" : "connecting"
  }

  /// Whether it is up, and since when it is or is not.
  var facts: (isUp: Bool, since: Date) { (isUp, since) }

  /// Notes that the socket is open; tells whether for the first time.
  func connected() -> Bool {
    isUp = true
    since = Date()
    defer { wasEverUp = true }
    return !wasEverUp
  }

  /// Notes that the socket is gone, or could not be had; tells how often in a row since the start, nil if it was open
  /// before.
  func lost() -> Int? {
    if isUp { since = Date() }
    isUp = false
    guard !wasEverUp else { return nil }
    failedStarts += 1
    return failedStarts
  }
}
