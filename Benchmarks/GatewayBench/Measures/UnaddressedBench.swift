import BenchSupport
import Figures
import Foundation
import TestSupport

/// Measures posts that do not mention the bot, at the rates of a busy server.
enum UnaddressedBench {
  private static let seconds = 10
  private static let rates = [100, 200]

  static func run(_ subjects: Subjects) async throws -> [Figure] {
    let gateway = try await costs { try subjects.gateway(url: $0) }
    let script = await Result.of { try await costs { try subjects.script(url: $0) } }
    return rates.indices.flatMap { index in
      let (costs, peer) = (gateway[index], script.map { $0[index] })
      let what = "unaddressed post, \(rates[index]) a second"
      return [
        Figure(
          "\(what): CPU, µs", .number(costs.cpuMicroseconds), .atMost(90, aim: 50),
          peer: .of(peer) { .number($0.cpuMicroseconds) }),
        Figure(
          "\(what): syscalls (\(costs.tool))", costs.syscalls, places: 1, .atMost(5, aim: 3),
          peer: .of(peer) { $0.syscalls }),
        Figure(
          "\(what): context switches", .number(costs.switches), places: 1, .atMost(1.2, aim: 1),
          peer: .of(peer) { .number($0.switches) }),
      ]
    }
  }

  /// Returns the costs of a post at each rate.
  private static func costs(of start: (_ url: String) throws -> Subject) async throws -> [Costs] {
    let server = try StandInServer(channels: 200)
    let (subject, socket) = try await server.connect(start)
    let (frames, channels) = (server.frames, server.channels)
    func send(_ numbers: Range<Int>, perSecond rate: Int) async throws {
      await Pace.send(numbers, perSecond: Double(rate)) { number in
        socket.send { frames.chatter(number, channel: number % channels, sequence: $0) }
      }
      // The journal is written four times a second.
      try await Task.sleep(for: .milliseconds(500))
    }
    try await send(0..<1_000, perSecond: 500)
    var costs: [Costs] = []
    for (index, rate) in rates.enumerated() {
      costs.append(
        try await Costs(of: subject.child, from: 10_000 * (index + 1), count: rate * seconds) {
          try await send($0, perSecond: rate)
        })
    }
    subject.stop()
    return costs
  }
}

extension Result where Failure == any Error {
  /// Returns the value of a function, or its error.
  static func of(_ body: () async throws -> Success) async -> Self {
    do { return .success(try await body()) } catch { return .failure(error) }
  }
}

extension Reading {
  /// Returns a reading of a result, or the reason why there is none.
  static func of<Value>(
    _ result: Result<Value, any Error>, _ reading: (Value) -> Reading
  ) -> Reading {
    switch result {
    case .success(let value): reading(value)
    case .failure(let error): .missing("\(error)")
    }
  }
}
