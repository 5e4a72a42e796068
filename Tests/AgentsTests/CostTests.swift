import RuleEngine
import Testing

@testable import Agents

struct CostTests {
  @Test(arguments: [
    (0, 0, 0), (1, 0, 3), (0, 1, 15), (1_000_000, 0, 3_000_000), (100_000, 8_000, 420_000), (1, 1, 18),
  ])
  func `a cost is the price per million tokens, rounded to the nearest millionth`(
    input: Int, output: Int, millionths: Int
  ) {
    let price = Price(input: 3_000_000, output: 15_000_000)
    #expect(
      price.cost(of: TokenUsage(input: input, output: output)) == Cost(millionths: millionths, currency: "USD"))
  }

  @Test func `input and output are rounded together`() {
    let price = Price(input: 300_000, output: 300_000, currency: "EUR")
    let costs = [(1, 0), (1, 1), (2, 2)].map { price.cost(of: TokenUsage(input: $0, output: $1)).millionths }
    #expect(costs == [0, 1, 1])
  }

  @Test func `the largest number of tokens at the highest price does not overflow`() {
    let price = Price(input: 1_000_000_000_000, output: 1_000_000_000_000)
    let usage = TokenUsage(input: 3 * Limits.tokensMax, output: Limits.tokensMax)
    #expect(price.cost(of: usage).millionths == 4_000_000_000_000_000)
    // The largest sum that the store adds to.
    let sum = 9_000_000_000_000_000_000
    #expect(!sum.addingReportingOverflow(price.cost(of: usage).millionths).overflow)
  }
}
