import BenchSupport
import Figures
import Foundation
import TestSupport

/// Measures how many posts are answered in a second, from the post of a person to that of the bot.
enum ThroughputBench {
  /// Measures answers by `echo`, as many as this machine manages.
  static func answers(_ program: String) async throws -> [Figure] {
    let load = Load(agent: "{ type: echo }", turns: 64, people: 64, time: .seconds(15))
    let sqlite = try await measure(load, program, gateways: 1, on: .sqlite)
    let one = try await measure(load, program, gateways: 1, on: .postgreSQL)
    let three = try await measure(load, program, gateways: 3, on: .postgreSQL)
    let withoutSync = try await measure(load, program, gateways: 3, on: .postgreSQLWithoutSync)
    return [
      Figure(
        "answered posts in a second by one gateway", detail: one.detail, .number(one.perSecond),
        peer: .number(sqlite.perSecond)),
      Figure(
        "answered posts in a second by three gateways", detail: three.detail, .number(three.perSecond), .atLeast(300),
        peer: .number(sqlite.perSecond)),
      Figure(
        "answered posts in a second by three gateways, fsync off", detail: withoutSync.detail,
        .number(withoutSync.perSecond)),
      Figure(
        "CPU time of one gateway per post, ms", .number(one.gatewayCPU), places: 2, peer: .number(sqlite.gatewayCPU)),
      Figure(
        "CPU time of three gateways per post, ms", .number(three.gatewayCPU), places: 2,
        peer: .number(sqlite.gatewayCPU)),
      Figure("CPU time of PostgreSQL per post, ms, one gateway", .number(one.databaseCPU), places: 2),
      Figure("CPU time of PostgreSQL per post, ms, three gateways", .number(three.databaseCPU), places: 2),
      Figure(
        "CPU time of the sandbox per post, ms, three gateways", .number(three.sandboxCPU), places: 2,
        peer: .number(sqlite.sandboxCPU)),
    ]
  }

  /// Measures answers by an agent that takes a second, with a number of turns that keeps one gateway from answering more.
  static func scaling(_ program: String) async throws -> [Figure] {
    let model = try ModelEndpoint(thinking: .seconds(1), pieces: 1)
    let turns = 16
    // So many people that every gateway has more of their threads than turns.
    let load = Load(
      agent: "{ type: openai, base_url: \"\(model.url)\", model: bench }", turns: turns, people: 150, time: .seconds(20)
    )
    let sqlite = try await measure(load, program, gateways: 1, on: .sqlite)
    let one = try await measure(load, program, gateways: 1, on: .postgreSQL)
    let three = try await measure(load, program, gateways: 3, on: .postgreSQL)
    let what = "answered posts in a second, \(turns) turns, an agent that takes a second"
    return [
      Figure("\(what), one gateway", .number(one.perSecond), places: 1, peer: .number(sqlite.perSecond)),
      Figure(
        "\(what), three gateways", detail: three.detail, .number(three.perSecond), places: 1,
        peer: .number(sqlite.perSecond)),
      Figure(
        "the same: three gateways as a multiple of one", .number(three.perSecond / one.perSecond), places: 2,
        .atLeast(2.8)),
    ]
  }

  private struct Load {
    /// The agent in the rules.
    let agent: String
    /// The turns of a gateway.
    let turns: Int
    let people: Int
    let time: Duration

    static let warmUp = Duration.seconds(5)

    var rules: String {
      """
      version: 1
      access: { users: "*" }
      turns: { max: \(turns) }
      agents: { bench: \(agent) }
      rules: [{ name: all, when: { trigger: mention }, agent: bench, session: { scope: thread } }]
      """
    }
  }

  private enum Store {
    case sqlite, postgreSQL
    /// It does not wait for the disk.
    case postgreSQLWithoutSync
  }

  private struct Throughput {
    let perSecond: Double
    /// The CPU times are in milliseconds per answered post.
    let gatewayCPU: Double
    let databaseCPU: Double
    /// Of the sandbox, and of asking.
    let sandboxCPU: Double
    /// The state of the disk, which other work may slow down, and the shares of the gateways.
    let detail: String
  }

  private static func measure(
    _ load: Load, _ program: String, gateways: Int, on store: Store
  ) async throws -> Throughput {
    let disk = quantile(try DiskBench.times(), 0.5)
    let server = store == .sqlite ? nil : try await BenchServer(isDurable: store == .postgreSQL)
    return try await withSandbox(
      postsKept: ThreadedQuestions.postsKept, people: load.people, rooms: load.people
    ) { sandbox in
      let cluster = try await Cluster(
        of: gateways, program, on: sandbox, store: server?.database.url, rules: load.rules)
      var questions = ThreadedQuestions(sandbox, people: load.people)
      _ = try await questions.ask(for: Load.warmUp)
      func times() throws -> [Duration] {
        [try cluster.cpu, try server?.cpu ?? .zero, try ProcessTime.cpu()]
      }
      let (start, before) = (ContinuousClock.now, try times())
      let count = Double(try await questions.ask(for: load.time))
      let (wall, after) = (ContinuousClock.now - start, try times())
      try await questions.finish()
      // The counters may be a second old.
      try await Task.sleep(for: .seconds(2))
      let answers = try await cluster.counters(.answers)
      let cpu = zip(before, after).map { ($1 - $0) / .milliseconds(1) / count }
      return Throughput(
        perSecond: count / (wall / .seconds(1)), gatewayCPU: cpu[0], databaseCPU: cpu[1], sandboxCPU: cpu[2],
        detail:
          "fdatasync of a page took \(decimal(disk, 2)) ms before; answered by each gateway since its start: "
          + answers.map(String.init).joined(separator: ", "))
    }
  }
}
