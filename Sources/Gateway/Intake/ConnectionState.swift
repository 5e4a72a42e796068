/// How the gateway is connected, for `/status` and for whoever must know whether it ever was.
actor ConnectionState {
  private var isUp = false
  private var wasEverUp = false
  private var failedStarts = 0

  /// In words.
  var text: String {
    if isUp { return "WebSocket" }
    return wasEverUp ? "lost; connecting again" : "connecting"
  }

  /// Notes that the socket is open; tells whether for the first time.
  func connected() -> Bool {
    isUp = true
    defer { wasEverUp = true }
    return !wasEverUp
  }

  /// Notes that the socket is gone, or could not be had; tells how often in a row since the start, nil if it was open
  /// before.
  func lost() -> Int? {
    isUp = false
    guard !wasEverUp else { return nil }
    failedStarts += 1
    return failedStarts
  }
}
