import BenchSupport
import Figures
import Foundation
import Sandbox
import TestSupport

/// Measures what three gateways that answer nothing ask PostgreSQL.
enum IdleBench {
  private static let seconds = 30.0
  private static let posts = 10_000
  private static let postsPerSecond = 400.0
  private static let rooms = 50

  static func idle(_ program: String) async throws -> [Figure] {
    try await withIdleGateways(program) { server, _, _ in
      let before = (statements: try await server.statements(), transactions: try await server.transactions())
      try await Task.sleep(for: .seconds(seconds))
      let statements = try await server.statements() - before.statements
      let transactions = try await server.transactions() - before.transactions
      return [
        Figure("statements in a second of three idle gateways", .number(statements / seconds), places: 1, .atMost(10)),
        Figure("the same: transactions", .number(transactions / seconds), places: 1),
      ]
    }
  }

  /// Measures posts that all gateways hear, and none answers.
  static func unaddressed(_ program: String) async throws -> [Figure] {
    try await withIdleGateways(program) { server, cluster, sandbox in
      func statements(during body: () async throws -> Void) async throws -> (count: Double, seconds: Double) {
        let (start, before) = (ContinuousClock.now, try await server.statements())
        try await body()
        return (try await server.statements() - before, (ContinuousClock.now - start) / .seconds(1))
      }
      let idle = try await statements { try await Task.sleep(for: .seconds(seconds)) }
      let heardBefore = try await cluster.counters(.humanPosts)
      let busy = try await statements {
        try await post(on: sandbox)
        var heard: [Int] = []
        try await wait(for: "\(posts) posts to be heard by each gateway: \(heard)", every: .milliseconds(500)) {
          heard = zip(heardBefore, try await cluster.counters(.humanPosts)).map { $1 - $0 }
          return heard.allSatisfy { $0 >= posts }
        }
      }
      let each = (busy.count - idle.count * busy.seconds / idle.seconds) / Double(posts)
      return [
        Figure(
          "statements of an unaddressed post that three gateways hear",
          detail: "to the hundredth, of \(posts) posts, without what idle gateways ask in the same time",
          .number((each * 100).rounded() / 100), places: 2, .atMost(0))
      ]
    }
  }

  /// Sends posts that do not mention the bot, at an even rate.
  private static func post(on sandbox: SandboxServer) async throws {
    let start = ContinuousClock.now
    for number in 0..<posts {
      try await Task.sleep(until: start + .seconds(Double(number) / postsPerSecond))
      try await sandbox.post(as: "alice", in: "room-\(number % rooms + 1)", "The build is green again.")
    }
  }

  private static func withIdleGateways(
    _ program: String, _ body: (BenchServer, Cluster, SandboxServer) async throws -> [Figure]
  ) async throws -> [Figure] {
    let server = try await BenchServer(isDurable: true, countsStatements: true)
    let rules = """
      version: 1
      access: { users: "*" }
      agents: { bench: { type: echo } }
      rules: [{ name: all, when: { trigger: mention }, agent: bench }]
      """
    return try await withSandbox(rooms: rooms) { sandbox in
      let cluster = try await Cluster(of: 3, program, on: sandbox, store: server.database.url, rules: rules)
      // The server's processes count their transactions with a delay of up to ten seconds.
      try await Task.sleep(for: .seconds(11))
      return try await body(server, cluster, sandbox)
    }
  }
}
