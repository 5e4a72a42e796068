import Foundation
import Sandbox
import TestSupport

/// One of the gateways of a run, with a network of its own to each server.
final class ClusterGateway {
  let number: Int
  /// The ids of its processes so far.
  private(set) var processIDs: [Int32] = []
  private let networks: [ClusterServer: TCPRelay]
  private let gateway: SupervisedGateway
  private let recorder: ClusterRecorder
  /// When it works again after its latest fault.
  private var recoversAt = ContinuousClock.now
  /// True if a fault has ended it, and when it is started again.
  private var isAway = false
  private var startsAt = ContinuousClock.now

  /// The time after the end of a fault, or after a start, until it takes part again.
  private static let settling = Duration.seconds(5)

  init(
    _ number: Int, rules: String, on sandbox: SandboxServer, _ database: PostgresServer.Database,
    _ recorder: ClusterRecorder
  ) throws {
    self.number = number
    self.recorder = recorder
    let toDatabase = try TCPRelay(to: database.port)
    let watch = TCPRelay.Watch(ClusterText.answerPattern) { text, moment in
      guard let question = Int(text) else { return }
      recorder.record(.sent(question: question, gateway: number), at: moment)
    }
    guard let port = URL(string: sandbox.url)?.port.flatMap({ UInt16(exactly: $0) }) else {
      throw TestFailure("no port in \(sandbox.url)")
    }
    let toMattermost = try TCPRelay(to: port, watch: watch)
    networks = [.database: toDatabase, .mattermost: toMattermost]
    gateway = try SupervisedGateway(
      rules: rules,
      environment: [
        "MATTERMOST_URL": "http://127.0.0.1:\(toMattermost.port)", "MATTERMOST_TOKEN": sandbox.botToken,
        "EDGECRAB_STORE": database.tcpURL(port: toDatabase.port),
        ClusterPlan.keyVariable: ClusterAgent.key(of: number),
      ])
    processIDs.append(gateway.process.id)
  }

  var starts: Int { gateway.starts }
  var said: String { gateway.said }

  /// True if it has a fault, or had one just before.
  var isTouched: Bool { ContinuousClock.now < recoversAt }

  /// Starts it if it has ended, as a supervisor would.
  func ensureRunning() throws {
    guard ContinuousClock.now >= startsAt, !gateway.process.isRunning else { return }
    if !isAway {
      recorder.record(.exited(gateway: number))
      recorder.record(.quit(gateway: number, said: String(said.suffix(1_000))))
    }
    isAway = false
    try gateway.ensureRunning()
    processIDs.append(gateway.process.id)
    touch(for: .zero)
  }

  func end() async throws { try await gateway.end() }
}

// MARK: Faults

extension ClusterGateway {
  /// Kills it. It is started again after some time.
  func kill(away: Duration) async throws {
    recorder.record(.killed(gateway: number))
    try await gateway.kill()
    stayAway(for: away)
  }

  /// Terminates it, and waits for its end. It is started again after some time.
  func stop(away: Duration) async throws {
    try await gateway.end()
    stayAway(for: away)
  }

  private func stayAway(for away: Duration) {
    recorder.record(.exited(gateway: number))
    isAway = true
    startsAt = .now + away
    touch(for: away)
  }

  /// Stops it by SIGSTOP.
  ///
  /// - Returns: The end of the pause.
  func pause(for time: Duration) -> Task<Void, any Error> {
    let (number, process, recorder) = (number, gateway.process, recorder)
    recorder.record(.paused(gateway: number))
    process.suspend()
    touch(for: time)
    return Task {
      try await Task.sleep(for: time)
      recorder.record(.resumed(gateway: number))
      process.resume()
    }
  }

  /// Cuts the network to a server.
  ///
  /// - Returns: The end of the cut.
  func cut(from server: ClusterServer, _ ways: [TCPRelay.Way], for time: Duration) throws -> Task<Void, any Error> {
    let (network, recorder) = (networks[server], recorder)
    try network?.cut(ways)
    if server == .mattermost { recorder.record(.callsFailed) }
    touch(for: time)
    return Task {
      try await Task.sleep(for: time)
      try network?.cut([])
      if server == .mattermost { recorder.record(.callsFailed) }
    }
  }

  private func touch(for time: Duration) { recoversAt = max(recoversAt, .now + time + Self.settling) }
}
