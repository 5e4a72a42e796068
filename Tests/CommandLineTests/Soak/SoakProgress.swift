import Sandbox

/// The bot's posts in a soak so far.
struct SoakProgress {
  private(set) var said: Set<String> = []
  private var lastChange = ContinuousClock.now

  /// The number of posts that may wait for answers: enough that faults affect several, and below each limit of the
  /// gateway.
  static let unansweredMax = 64
  /// The time without an answer after which a soak ends: longer than any wait of a fault.
  static let standstillMax = Duration.seconds(90)

  var answered: Int { said.count }
  var isStandstill: Bool { ContinuousClock.now - lastChange > Self.standstillMax }

  mutating func look(_ sandbox: SandboxServer) async throws {
    try await Task.sleep(for: .milliseconds(20))
    let now = Set(try await sandbox.messages(of: "edgecrab"))
    if now.count > said.count { lastChange = .now }
    said = now
  }
}
