import Core
import RuleEngine
import Testing

@testable import Gateway

@Suite struct BotLoopGuardTests {
  private let rate = Rate(count: 2, seconds: 60)

  @Test func `a post beyond the limit begins one pause, after which posts are answered again`() async {
    let loopGuard = BotLoopGuard()
    var verdicts: [BotLoopGuard.Verdict] = []
    for now: Int64 in [0, 1_000, 2_000, 3_000, 61_999, 62_000] {
      verdicts.append(await loopGuard.admit(in: "c", rate, at: now))
    }
    #expect(verdicts == [.answer, .answer, .pauseBegins, .paused, .paused, .answer])
  }

  @Test func `each channel is limited by itself, and a slow conversation never`() async {
    let loopGuard = BotLoopGuard()
    for now: Int64 in stride(from: 0, to: 600_000, by: 30_001) {
      #expect(await loopGuard.admit(in: "c", rate, at: now) == .answer)
    }
    for channel: ChannelID in ["d", "e"] { #expect(await loopGuard.admit(in: channel, rate, at: 0) == .answer) }
    #expect(await loopGuard.pause(in: "c", at: 600_000) == nil)
  }

  @Test func `the remaining seconds of a pause are rounded up`() async {
    let loopGuard = BotLoopGuard()
    for now: Int64 in 0...2 { _ = await loopGuard.admit(in: "c", rate, at: now) }
    #expect(await loopGuard.pause(in: "c", at: 1_002) == 59)
    #expect(await loopGuard.pause(in: "c", at: 60_002) == nil)
  }
}
