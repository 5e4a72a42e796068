/// What a model's tokens cost.
package struct Price: Sendable, Equatable {
  /// Millionths of the currency for a million tokens that are read.
  package var input: Int
  /// Millionths of the currency for a million tokens that are written.
  package var output: Int
  /// The currency by its three letters (ISO 4217).
  package var currency: String

  /// The currency of a file that names none.
  package static let defaultCurrency = "USD"

  /// States a price.
  package init(input: Int, output: Int, currency: String = defaultCurrency) {
    self.input = input
    self.output = output
    self.currency = currency
  }
}

/// Millionths as a decimal number without needless digits: `3`, `0.15`.
package func writtenMillionths(_ millionths: Int) -> String {
  let (whole, part) = millionths.quotientAndRemainder(dividingBy: 1_000_000)
  let digits = String(1_000_000 + part).dropFirst()
  let significant = digits.lastIndex { $0 != "0" }.map { digits[...$0] }
  return "\(whole)" + (significant.map { ".\($0)" } ?? "")
}
