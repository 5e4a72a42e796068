import RuleEngine
import Testing

@testable import AgentSessions

@Suite("Costs")
struct CostTests {
  @Test(
    "are what tokens cost by the million, to the nearest millionth",
    arguments: [
      (0, 0, 0), (1, 0, 3), (0, 1, 15), (1_000_000, 0, 3_000_000), (100_000, 8_000, 420_000), (1, 1, 18),
    ])
  func cost(input: Int, output: Int, millionths: Int) {
    let price = Price(input: 3_000_000, output: 15_000_000)
    #expect(
      price.cost(of: TokenUsage(input: input, output: output)) == Cost(millionths: millionths, currency: "USD"))
  }

  @Test("are rounded once, for what was read and written together")
  func rounding() {
    let price = Price(input: 300_000, output: 300_000, currency: "EUR")
    let costs = [(1, 0), (1, 1), (2, 2)].map { price.cost(of: TokenUsage(input: $0, output: $1)).millionths }
    #expect(costs == [0, 1, 1])
  }

  @Test("never overflow, however many tokens an endpoint tells at the highest price")
  func most() {
    let price = Price(input: 1_000_000_000_000, output: 1_000_000_000_000)
    let usage = TokenUsage(input: 3 * Limits.tokensMax, output: Limits.tokensMax)
    #expect(price.cost(of: usage).millionths == 4_000_000_000_000_000)
    #expect(!Limits.costMillionthsMax.addingReportingOverflow(price.cost(of: usage).millionths).overflow)
  }
}
