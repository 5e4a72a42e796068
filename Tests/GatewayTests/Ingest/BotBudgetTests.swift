import RuleEngine
import Testing

@testable import Gateway

@Suite struct BotBudgetTests {
  private let rate = Rate(count: 2, seconds: 60)

  @Test func `a pause begins once, and ends`() async {
    let budget = BotLoopGuard()
    var verdicts: [BotLoopGuard.Verdict] = []
    for now: Int64 in [0, 1_000, 2_000, 3_000, 61_999, 62_000] {
      verdicts.append(await budget.ask(in: "c", rate, at: now))
    }
    #expect(verdicts == [.answer, .answer, .pauseBegins, .paused, .paused, .answer])
  }

  @Test func `each channel has its own, and slow talk goes on`() async {
    let budget = BotLoopGuard()
    for now: Int64 in stride(from: 0, to: 600_000, by: 30_001) {
      #expect(await budget.ask(in: "c", rate, at: now) == .answer)
    }
    for channel in ["d", "e"] { #expect(await budget.ask(in: channel, rate, at: 0) == .answer) }
    #expect(await budget.pause(in: "c", at: 600_000) == nil)
  }

  @Test func `how long a pause still is, is rounded up`() async {
    let budget = BotLoopGuard()
    for now: Int64 in 0...2 { _ = await budget.ask(in: "c", rate, at: now) }
    #expect(await budget.pause(in: "c", at: 1_002) == 59)
    #expect(await budget.pause(in: "c", at: 60_002) == nil)
  }
}
