/// Whether the other end of a connection lives: what its reader tells its watch.
actor Heartbeat {
  private var beats = 0
  private var isHandling = false
  private var hasGreeted = false

  /// Something came in, and is being handled. While it is, no silence is the server's fault.
  func beat() {
    beats += 1
    isHandling = true
  }

  /// What came in is handled.
  func rest() {
    beats += 1
    isHandling = false
  }

  /// The server has greeted us.
  func greet() { hasGreeted = true }

  /// A moment to compare a later one with.
  func now() -> Int { beats }

  /// Whether anything came in since that moment.
  func isAlive(since moment: Int) -> Bool { isHandling || beats > moment }

  /// Whether the server has greeted us, or is about to.
  var isWelcome: Bool { hasGreeted || isHandling }
}
