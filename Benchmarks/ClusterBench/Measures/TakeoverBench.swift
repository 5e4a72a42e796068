import BenchSupport
import Figures
import Foundation
import Sandbox
import TestSupport

/// Measures how long a conversation waits for an answer when the gateway ends that has held it so far: the time from the
/// signal to the answer of a post that is written right after the signal.
///
/// `BENCH_RUNS` is the number of ends of each kind, 10 by default.
enum TakeoverBench {
  private static let rooms = 20
  private static let patience = Duration.seconds(60)

  private static let rules = """
    version: 1
    access: { users: "*" }
    agents: { bench: { type: echo } }
    rules: [{ name: all, when: { trigger: mention }, agent: bench, session: { scope: channel } }]
    """

  static func run(_ program: String) async throws -> [Figure] {
    let runs = ProcessInfo.processInfo.environment["BENCH_RUNS"].flatMap { Int($0) } ?? 10
    let server = try await BenchServer(isDurable: true)
    return try await withSandbox(rooms: rooms) { sandbox in
      let cluster = try await Cluster(of: 3, program, on: sandbox, store: server.database.url, rules: rules)
      var questions = Questions(sandbox: sandbox)
      func times(of signal: Int32) async throws -> [Double] {
        var times: [Double] = []
        for run in 0..<runs { times.append(try await time(of: signal, to: cluster, in: run % rooms, &questions)) }
        return times
      }
      return figures("stopped", try await times(of: SIGTERM), .atMost(0.5))
        + figures("killed", try await times(of: SIGKILL), .atMost(10))
    }
  }

  private static func figures(_ end: String, _ times: [Double], _ goal: Figure.Goal) -> [Figure] {
    [
      Figure(
        "gateway \(end): from the signal to the next answer, p50 of \(times.count), s", .number(quantile(times, 0.5)),
        places: 3),
      Figure("the same, p99", .number(quantile(times, 0.99)), places: 3, goal),
      Figure("the same, maximum", .number(times.max() ?? .nan), places: 3),
    ]
  }

  /// Ends the gateway that answers in a room. Returns the seconds until the next answer in the room, and starts the
  /// gateway again.
  private static func time(
    of signal: Int32, to cluster: Cluster, in room: Int, _ questions: inout Questions
  ) async throws -> Double {
    let before = try await cluster.counters(.answers)
    try await questions.ask(in: room)
    var holder: BenchGateway?
    try await wait(for: "a gateway to have counted its answer", every: .milliseconds(100)) {
      let answers = try await cluster.counters(.answers)
      holder = zip(cluster.gateways, zip(before, answers)).first { $1.0 < $1.1 }?.0
      return holder != nil
    }
    guard let holder else { return .nan }
    // A gateway renews its lease every two seconds: each moment in between is as likely.
    try await Task.sleep(for: .milliseconds(.random(in: 0..<2_000)))
    let start = ContinuousClock.now
    holder.subject.child.signal(signal)
    try await questions.ask(in: room)
    let time = ContinuousClock.now - start
    try await holder.restart()
    return time / .seconds(1)
  }

  private struct Questions {
    let sandbox: SandboxServer
    private var asked = 0

    init(sandbox: SandboxServer) { self.sandbox = sandbox }

    /// Asks in a room, and returns when the answer is there.
    mutating func ask(in room: Int) async throws {
      asked += 1
      let text = Question.text(asked)
      try await sandbox.post(as: "alice", in: "room-\(room + 1)", "@edgecrab \(text)")
      try await wait(for: "the answer to `\(text)`", within: patience) {
        try await sandbox.messages(of: "edgecrab").contains(text)
      }
    }
  }
}
