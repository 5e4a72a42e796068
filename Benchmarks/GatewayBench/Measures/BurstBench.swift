import BenchSupport
import Figures
import Foundation
import Sandbox
import TestSupport

/// Measures 200 mentions at once by 20 people in 10 channels of the sandbox.
enum BurstBench {
  private static let mentions = 200
  private static let people = 20
  private static let rooms = 10
  private static let rounds = 3

  static func run(_ subjects: Subjects) async throws -> [Figure] {
    let gateway = try await bursts { try subjects.gateway(url: $0.url, token: $0.botToken) }
    let script = await Result.of { try await bursts { try subjects.script(url: $0.url, token: $0.botToken) } }
    let what = "burst of \(mentions) mentions"
    let ratio: Reading = .of(script) { script in
      guard case .number(let seconds) = script.seconds, seconds > 0 else { return script.seconds }
      return gateway.seconds.map { $0 / seconds }
    }
    return [
      Figure(
        "\(what): answered at least", .number(Double(gateway.answered)),
        .atLeast(Double(mentions), aim: Double(mentions)), peer: .of(script) { .number(Double($0.answered)) }),
      Figure("\(what): until all are answered, s", gateway.seconds, places: 2, peer: .of(script) { $0.seconds }),
      Figure("\(what): the same as a ratio to the script", ratio, places: 2, .atMost(1.3, aim: 1.1)),
      Figure(
        "\(what): other posts by the bot", .number(Double(gateway.others)), .atMost(0, aim: 0),
        peer: .of(script) { .number(Double($0.others)) }),
    ]
  }

  private struct Outcome {
    /// Of the round with the fewest answers.
    let answered: Int
    /// The median of the rounds.
    let seconds: Reading
    /// Posts that are not answers, in all rounds.
    let others: Int
  }

  private static func bursts(of start: (SandboxServer) throws -> Subject) async throws -> Outcome {
    try await withSandbox(people: people, rooms: rooms) { sandbox in
      let subject = try start(sandbox)
      try await subject.isConnected()
      try await Task.sleep(for: .seconds(2))
      var (answered, times) = ([Int](), [Double]())
      for round in 0..<rounds {
        let numbers = round * mentions..<(round + 1) * mentions
        let (count, time) = try await burst(numbers, on: sandbox)
        answered.append(count)
        times.append(time / .seconds(1))
        try await Task.sleep(for: .seconds(1))
      }
      let messages = try await sandbox.messages(of: "edgecrab")
      subject.stop()
      let fewest = answered.min() ?? 0
      return Outcome(
        answered: fewest,
        seconds: fewest == mentions
          ? .number(quantile(times, 0.5)) : .missing("only \(fewest) of \(mentions) mentions were answered"),
        others: messages.count { Question.number(in: $0) == nil })
    }
  }

  /// Returns how many mentions were answered, and the time from the first mention to the last answer.
  private static func burst(_ numbers: Range<Int>, on sandbox: SandboxServer) async throws -> (Int, Duration) {
    let start = ContinuousClock.now
    for number in numbers {
      try await sandbox.post(
        as: "person-\(number % people + 1)", in: "room-\(number / people % rooms + 1)",
        "@edgecrab \(Question.text(number))")
    }
    var (answered, last) = (0, start)
    // What is not answered for so long was turned away.
    while answered < numbers.count, ContinuousClock.now - last < .seconds(5) {
      try await Task.sleep(for: .milliseconds(10))
      let messages = try await sandbox.messages(of: "edgecrab")
      let count = Set(messages.compactMap(Question.number(in:))).intersection(numbers).count
      if count > answered { (answered, last) = (count, .now) }
    }
    return (answered, last - start)
  }
}
