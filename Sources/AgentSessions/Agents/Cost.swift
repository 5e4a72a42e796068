import RuleEngine

/// What an answer cost, in one currency.
package struct Cost: Sendable, Equatable {
  /// Millionths of the currency.
  package var millionths: Int
  /// The currency by its three letters.
  package var currency: String

  /// States a cost.
  package init(millionths: Int, currency: String) {
    self.millionths = millionths
    self.currency = currency
  }
}

extension Price {
  /// What tokens cost, to the nearest millionth. As counts of tokens are credible and prices bounded, 64 bits hold it.
  func cost(of usage: TokenUsage) -> Cost {
    // Tokens times the millionths of a million of them are millionths of millionths, of which 64 bits hold too few.
    let exact = Int128(usage.input) * Int128(input) + Int128(usage.output) * Int128(output)
    return Cost(millionths: Int((exact + 500_000) / 1_000_000), currency: currency)
  }
}
