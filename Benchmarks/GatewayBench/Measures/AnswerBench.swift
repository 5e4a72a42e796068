import BenchSupport
import Figures
import Foundation
import Synchronization
import TestSupport

/// Measures answers to mentions that come as in a chat, each in another channel than the one before.
enum AnswerBench {
  private static let perSecond = 10.0
  private static let pieces = 20

  /// Measures answers by `echo`, beside the script's.
  static func echo(_ subjects: Subjects) async throws -> [Figure] {
    let gateway = try await answers(150) { try subjects.gateway(url: $0) }
    let script = await Result.of { try await answers(150) { try subjects.script(url: $0) } }
    return [
      Figure(
        "answer by echo: CPU, ms", .number(gateway.costs.cpuMicroseconds / 1_000), places: 2, .atMost(1.5, aim: 0.8),
        peer: .of(script) { .number($0.costs.cpuMicroseconds / 1_000) }),
      Figure(
        "answer by echo: syscalls (\(gateway.costs.tool))", gateway.costs.syscalls, .atMost(80, aim: 40),
        peer: .of(script) { $0.costs.syscalls }),
      Figure(
        "answer by echo: context switches", .number(gateway.costs.switches), places: 1, .atMost(12, aim: 6),
        peer: .of(script) { .number($0.costs.switches) }),
      Figure(
        "answer by echo: from the frame to the request with it, median, ms", gateway.delay(0.5), places: 2,
        peer: .of(script) { $0.delay(0.5) }),
      Figure(
        "answer by echo: the same, 99th percentile, ms", gateway.delay(0.99), places: 2,
        peer: .of(script) { $0.delay(0.99) }),
      gateway.calls(of: "echo"),
    ]
  }

  /// Measures answers by `openai`.
  static func model(_ subjects: Subjects) async throws -> [Figure] {
    let endpoint = try ModelEndpoint(thinking: .milliseconds(20), pieces: pieces)
    let rules = """
      version: 1
      access: { users: '*' }
      agents: { model: { type: openai, base_url: "\(endpoint.url)", model: bench } }
      rules: [{ name: everyone, when: { trigger: [mention, dm] }, agent: model }]
      """
    let gateway = try await answers(250, askedAt: { endpoint.arrival(of: $0) }) {
      try subjects.gateway(url: $0, rules: rules)
    }
    let what = "answer by openai in \(pieces) pieces"
    return [
      Figure(
        "\(what): CPU, ms", .number(gateway.costs.cpuMicroseconds / 1_000), places: 2, .atMost(2.2, aim: 1.3)),
      Figure("\(what): syscalls (\(gateway.costs.tool))", gateway.costs.syscalls, .atMost(150)),
      Figure("\(what): context switches", .number(gateway.costs.switches), places: 1, .atMost(20)),
      Figure(
        "from the frame to the model's request, median, ms", gateway.delay(0.5), places: 2, .atMost(0.8, aim: 0.4)),
      Figure(
        "the same, 99th percentile, ms", gateway.delay(0.99), places: 2, .atMost(3, aim: 1.5)),
      gateway.calls(of: "openai"),
    ]
  }

  private struct Answers {
    let costs: Costs
    /// Milliseconds from the frames to the requests.
    let delays: [Double]
    /// The REST calls of all answers.
    let calls: CallLog.Counts
    let count: Int

    func delay(_ fraction: Double) -> Reading {
      delays.isEmpty ? .missing("no answer was recognised") : .number(quantile(delays, fraction))
    }

    func calls(of agent: String) -> Figure {
      let kinds = calls.kinds.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        .map { "\(decimal(Double($0.value) / Double(count), 1)) \($0.key)" }
      return Figure(
        "answer by \(agent): REST calls", detail: kinds.joined(separator: ", "),
        .number(Double(calls.total) / Double(count)), places: 1, .atMost(1, aim: 1))
    }
  }

  /// - Parameter askedAt: returns the arrival of the request that ends the measured delay, by the number of the question.
  ///   By default, it is that of the answer.
  private static func answers(
    _ count: Int, askedAt: ((Int) -> ContinuousClock.Instant?)? = nil, of start: (_ url: String) throws -> Subject
  ) async throws -> Answers {
    let server = try StandInServer(channels: 200)
    let (subject, socket) = try await server.connect(start)
    let (frames, channels) = (server.frames, server.channels)
    let sent = SentMoments()
    func ask(_ numbers: Range<Int>) async throws {
      let before = server.postCount
      await Pace.send(numbers, perSecond: perSecond) { number in
        socket.send { sequence in
          sent.moments.withLock { $0[number] = .now }
          return frames.question(number, channel: number % channels, sequence: sequence)
        }
      }
      try await wait(for: "\(numbers.count) answers: \(server.postCount - before) came") {
        server.postCount - before >= numbers.count
      }
      // What follows an answer, such as a reaction, counts for it.
      try await Task.sleep(for: .milliseconds(500))
    }
    try await ask(0..<30)
    let posts = server.postCount
    let calls = server.calls
    let costs = try await Costs(of: subject.child, from: 1_000, count: count, ask)
    let counts = server.calls.since(calls)
    let asked: [(Int, ContinuousClock.Instant)]
    if let askedAt {
      asked = (1_000..<1_000 + count).compactMap { number in askedAt(number).map { (number, $0) } }
    } else {
      asked = server.posts(after: posts).compactMap { post in
        Question.number(in: post.message).map { ($0, post.arrival) }
      }
    }
    let delays = sent.moments.withLock { sent in
      // Of the first questions only: while syscalls are counted, everything takes longer.
      asked.filter { $0.0 < 1_000 + count }.compactMap { number, arrival in
        sent[number].map { (arrival - $0) / .milliseconds(1) }
      }
    }
    subject.stop()
    return Answers(costs: costs, delays: delays, calls: counts, count: count + count / 2)
  }

  private final class SentMoments: Sendable {
    let moments = Mutex<[Int: ContinuousClock.Instant]>([:])
  }
}
