import BenchSupport
import Figures
import Foundation
import TestSupport

/// Counts instructions and allocations of the whole program by valgrind: unlike times, they do not depend on the load.
enum InstructionBench {
  /// Posts of one kind, so seldom that each is handled before the next one comes.
  private struct Posts: Sendable {
    let name: String
    let perSecond: Double
    let count: Int
    let isAnswered: Bool
    let frame: @Sendable (EventFrames, _ number: Int, _ channel: Int, _ sequence: Int) -> String
  }

  private static let posts = [
    Posts(name: "unaddressed post", perSecond: 40, count: 400, isAnswered: false) {
      $0.chatter($1, channel: $2, sequence: $3)
    },
    Posts(name: "answer by echo", perSecond: 4, count: 40, isAnswered: true) {
      $0.question($1, channel: $2, sequence: $3)
    },
  ]

  private struct Counter: Sendable {
    let unit: String
    let tool: [String]
    /// Returns the number in the log of valgrind.
    let read: @Sendable (_ log: String) -> Double?
  }

  private static let counters = [
    Counter(unit: "instructions", tool: ["--tool=callgrind", "--callgrind-out-file=/dev/null"]) {
      number(after: "Collected : ", in: $0)
    },
    Counter(unit: "allocations", tool: ["--tool=memcheck", "--leak-check=no", "--undef-value-errors=no"]) {
      number(after: "total heap usage: ", in: $0)
    },
  ]

  static func run(_ subjects: Subjects) async throws -> [Figure] {
    let folder = try TemporaryFolder()
    // valgrind cannot read Swift's debug information.
    let program = folder.path("edgecrab")
    let strip = try ChildProcess(
      ["strip", "-o", program, subjects.edgecrab], environment: [:], output: folder.path("strip"))
    guard strip.wait() == 0 else { throw TestFailure("strip fails") }
    let stripped = Subjects(edgecrab: program, pythonPackages: subjects.pythonPackages)
    var figures: [Figure] = []
    for posts in posts {
      for counter in counters {
        let each = await Result.of {
          // The first posts fill caches; the difference of two runs that last equally long is counted.
          let few = try await count(counter, posts, times: 1, stripped)
          return (try await count(counter, posts, times: 2, stripped) - few) / Double(posts.count)
        }
        figures.append(Figure("\(posts.name): \(counter.unit)", .of(each) { .number($0) }))
      }
    }
    return figures
  }

  private static func count(
    _ counter: Counter, _ posts: Posts, times: Int, _ subjects: Subjects
  ) async throws -> Double {
    let folder = try TemporaryFolder()
    let log = folder.path("valgrind")
    let server = try StandInServer(channels: 200)
    let (subject, socket) = try await server.connect {
      try subjects.gateway(url: $0, under: ["valgrind", "--log-file=\(log)"] + counter.tool)
    }
    let (frames, channels) = (server.frames, min(server.channels, posts.count))
    let round = Duration.seconds(Double(posts.count) / posts.perSecond)
    try await Task.sleep(for: round * (2 - times))
    await Pace.send(0..<posts.count * times, perSecond: posts.perSecond) { number in
      socket.send { posts.frame(frames, number, number % channels, $0) }
    }
    // When the last question is answered, all before it is handled.
    socket.send { frames.question(posts.count * times, channel: 0, sequence: $0) }
    let answers = posts.isAnswered ? posts.count * times + 1 : 1
    try await wait(for: "the answers", within: .seconds(60)) { server.postCount >= answers }
    try await Task.sleep(for: .seconds(2))
    subject.stop()
    let text = try String(contentsOfFile: log, encoding: .utf8)
    guard let number = counter.read(text) else { throw TestFailure("valgrind printed `\(text)`") }
    return number
  }

  /// Returns the number after some words, in which valgrind separates thousands by commas.
  private static func number(after words: String, in log: String) -> Double? {
    log.range(of: words).flatMap { range in
      Double(log[range.upperBound...].prefix { $0.isNumber || $0 == "," }.replacing(",", with: ""))
    }
  }
}
