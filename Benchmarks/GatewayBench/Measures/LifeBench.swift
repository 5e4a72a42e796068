import BenchSupport
import Figures
import Foundation
import TestSupport

/// Measures the start, the rest and the end of a gateway, and its memory after many answers.
enum LifeBench {
  /// Measures the calls of a first start, of which each takes as long as on a real server.
  static func start(_ subjects: Subjects) async throws -> [Figure] {
    let server = try StandInServer(channels: 200, delay: .milliseconds(10))
    let gateway = try subjects.gateway(url: server.url)
    try await gateway.isConnected()
    try await server.isQuiet()
    let calls = server.calls
    gateway.stop()
    return [
      Figure(
        "first start in 200 channels: REST calls", detail: calls.text, .number(Double(calls.total)), .atMost(12, aim: 8)
      ),
      Figure("the same: calls at once at most", .number(Double(calls.atOnceMax)), .atMost(8, aim: 8)),
    ]
  }

  /// Measures a gateway that has answered once and does nothing since, and ends it.
  static func rest(_ subjects: Subjects) async throws -> [Figure] {
    var (memory, ends) = ([Double](), [Double]())
    for _ in 0..<3 {
      let server = try StandInServer(channels: 10)
      let gateway = try subjects.gateway(url: server.url)
      try await gateway.isConnected()
      let socket = try await server.socket()
      socket.send { server.frames.question(0, channel: 0, sequence: $0) }
      try await wait(for: "an answer") { server.postCount > 0 }
      try await server.isQuiet(for: .seconds(2))
      memory.append(try gateway.child.residentMB)
      ends.append(gateway.stop() / .seconds(1))
    }
    return [
      Figure("memory at rest, MB", .number(quantile(memory, 0.5)), places: 1, .atMost(38, aim: 30)),
      Figure("from SIGTERM to the end when idle, s", .number(quantile(ends, 0.5)), places: 3, .atMost(0.1, aim: 0.02)),
    ]
  }

  /// Measures memory after many answers, ten at once in as many channels.
  static func answers(_ subjects: Subjects) async throws -> [Figure] {
    let count = 10_000
    let atOnce = 10
    let server = try StandInServer(channels: 200)
    let (gateway, socket) = try await server.connect { try subjects.gateway(url: $0) }
    func answer(_ numbers: Range<Int>) async throws {
      for start in stride(from: numbers.lowerBound, to: numbers.upperBound, by: atOnce) {
        let before = server.postCount
        for number in start..<start + atOnce {
          socket.send { server.frames.question(number, channel: number % server.channels, sequence: $0) }
        }
        try await wait(for: "\(atOnce) answers") { server.postCount >= before + atOnce }
      }
      try await Task.sleep(for: .seconds(2))
    }
    let (start, cpu) = (ContinuousClock.now, try gateway.child.cpu)
    try await answer(0..<count / 2)
    let half = try gateway.child.residentMB
    try await answer(count / 2..<count)
    let all = try gateway.child.residentMB
    let seconds = (ContinuousClock.now - start) / .seconds(1) - 4
    let cpuEach = (try gateway.child.cpu - cpu) / .milliseconds(1) / Double(count)
    gateway.stop()
    return [
      Figure("memory after \(count) answers, MB", .number(all), places: 1, .atMost(48, aim: 38)),
      Figure("growth from \(count / 2) to \(count) answers, MB", .number(all - half), places: 1),
      Figure("answers a second, \(atOnce) at once", .number(Double(count) / seconds)),
      Figure("CPU of an answer, \(atOnce) at once, ms", .number(cpuEach), places: 2),
    ]
  }

  /// Measures `rules check` of the default rules file.
  static func check(_ subjects: Subjects) async throws -> [Figure] {
    let file = URL(filePath: #filePath).appending(path: "../../../../rules/default.yaml").standardized.path
    let home = try TemporaryFolder()
    let times = try (0..<21).map { _ in
      let start = ContinuousClock.now
      let check = try ChildProcess(
        [subjects.edgecrab, "rules", "check", file], environment: ["EDGECRAB_HOME": home.url.path],
        output: home.path("log"))
      let status = check.wait()
      let time = (ContinuousClock.now - start) / .milliseconds(1)
      guard status == 0 else { throw TestFailure(try String(contentsOfFile: home.path("log"), encoding: .utf8)) }
      return time
    }
    return [
      Figure(
        "`rules check` of the default file, ms", .number(quantile(times, 0.5)), places: 1, .atMost(30, aim: 20))
    ]
  }
}
