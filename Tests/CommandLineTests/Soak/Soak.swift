import Sandbox
import TestSupport
import Workload

/// Posts to a real gateway while the server, the network and the gateway's process fail at random times, which depend
/// only on the seed.
struct Soak: Sendable {
  let posts: Int
  let faults: Int
  let kills: Int
  let seed: UInt64

  private static let speakers = [
    ("alice", "dev"), ("bob", "dev"), ("bob", "town-square"), ("carol.o-brien", "ops"), ("alice", "group"),
    ("alice", "@edgecrab"), ("bob", "@edgecrab"), ("carol.o-brien", "@edgecrab"), ("mallory", "@edgecrab"),
  ]

  private static let rules = """
    version: 1
    agents: { echo: { type: echo } }
    rules:
      - { name: all, when: { trigger: [mention, dm] }, agent: echo, session: thread }
    """

  /// Posts all messages, waits for the answers, and returns the outcome.
  func run() async throws -> SoakOutcome {
    let began = ContinuousClock.now
    // Every answer is counted at the end, so that none may be dropped by age.
    var sandbox = try await SandboxServer.start(postsKept: 3 * posts, logger: .silent)
    let gateway = try SupervisedGateway(
      rules: Self.rules, environment: ["MATTERMOST_URL": sandbox.url, "MATTERMOST_TOKEN": sandbox.botToken])
    // Posts before the first start of the gateway are not answered.
    try await sandbox.waitForConnection(within: patience)
    var random = SeededGenerator(seed: seed)
    let plan = SoakPlan(self, &random)
    var progress = SoakProgress()
    for number in 0..<posts {
      for event in plan.events[number] ?? [] {
        switch event {
        case .kill:
          try await gateway.kill()
          try gateway.ensureRunning()
        case .server(let fault): sandbox = try await sandbox.apply(fault)
        }
      }
      let (user, channel) = Self.speakers.randomElement(using: &random) ?? Self.speakers[0]
      try await sandbox.post(as: user, in: channel, "@edgecrab \(Self.text(number))")
      while number - progress.answered > SoakProgress.unansweredMax { try await look(&progress, sandbox, gateway) }
    }
    let wanted = Set((0..<posts).map(Self.text))
    while !wanted.isSubset(of: progress.said) { try await look(&progress, sandbox, gateway) }
    try await gateway.end()
    let said = try await sandbox.messages(of: "edgecrab")
    await sandbox.stop()
    return SoakOutcome(self, said: said, wanted: wanted, starts: gateway.starts, time: ContinuousClock.now - began)
  }

  private static func text(_ number: Int) -> String { "answer \(number)" }

  private func look(
    _ progress: inout SoakProgress, _ sandbox: SandboxServer, _ gateway: SupervisedGateway
  ) async throws {
    try gateway.ensureRunning()
    try await progress.look(sandbox)
    guard progress.isStandstill else { return }
    throw TestFailure(
      "nothing was answered for \(SoakProgress.standstillMax); the gateway said:\n\(gateway.said.suffix(4_000))")
  }
}
