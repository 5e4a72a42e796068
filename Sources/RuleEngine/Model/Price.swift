/// What a model's tokens cost.
public struct Price: Sendable, Equatable {
  /// Millionths of the currency for a million tokens that are read.
  public var input: Int
  /// Millionths of the currency for a million tokens that are written.
  public var output: Int
  /// The currency by its three letters (ISO 4217).
  public var currency: String

  /// The currency of a file that names none.
  public static let defaultCurrency = "USD"

  /// States a price.
  public init(input: Int, output: Int, currency: String = defaultCurrency) {
    self.input = input
    self.output = output
    self.currency = currency
  }
}

/// Millionths as a decimal number without needless digits: `3`, `0.15`.
public func writtenMillionths(_ millionths: Int) -> String {
  let (whole, part) = millionths.quotientAndRemainder(dividingBy: 1_000_000)
  let digits = String(1_000_000 + part).dropFirst()
  let significant = digits.lastIndex { $0 != "0" }.map { digits[...$0] }
  return "\(whole)" + (significant.map { ".\($0)" } ?? "")
}
