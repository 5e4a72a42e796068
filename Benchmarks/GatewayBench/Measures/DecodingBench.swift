import ConfigLoader
import Core
import Figures
import Foundation
import MattermostIO
import RuleEngine
import TestSupport

/// Measures the time from the text of a frame to the decision, on one thread, without a network.
enum DecodingBench {
  private static let count = 20_000

  static func run() throws -> [Figure] {
    let maker = try EventFrames()
    let frames = (0..<count).map { maker.chatter($0, channel: $0 % 1_000, sequence: $0) }
    let loaded = RulesFile.builtIn(environment: [:], now: 0)
    guard let ruleSet = loaded.rules else { throw TestFailure(loaded.report) }
    let rules = try CompiledRules(ruleSet)
    let decoder = EventDecoder(bot: BotIdentity(id: "firyn95uoiyi8jyuyf789887ja", name: "edgecrab"))
    var decided = 0
    var best = Int.max
    // The fastest of several passes, since other work of the machine only adds time.
    for _ in 0..<5 {
      let start = cpuNanoseconds()
      for frame in frames {
        guard case .posted(let posted) = try EventFrame(frame).event else { continue }
        if case .silent = rules.decide(decoder.event(of: posted)).outcome { decided += 1 }
      }
      best = min(best, cpuNanoseconds() - start)
    }
    guard decided == 5 * count else {
      throw TestFailure("\(decided) of \(5 * count) posts were decided as they should be")
    }
    return [
      Figure("posts decoded and decided in a second of one core", .number(1e9 * Double(count) / Double(best)))
    ]
  }

  private static func cpuNanoseconds() -> Int {
    var now = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now)
    return now.tv_sec * 1_000_000_000 + now.tv_nsec
  }
}
