import Core
import RuleEngine

/// The number of tokens that an agent read and wrote, and their cost.
package struct TokenUsage: Sendable, Equatable {
  /// Tokens read: the system prompt, the history and the message.
  package var input: Int
  /// Tokens written.
  package var output: Int
  /// The cost, or `nil` if the price is not known.
  package var cost: Cost?

  package init(input: Int = 0, output: Int = 0, cost: Cost? = nil) {
    self.input = input
    self.output = output
    self.cost = cost
  }
}

/// An amount of money.
package struct Cost: Sendable, Equatable {
  /// Millionths of the currency.
  package var millionths: Int
  /// The three letters of the currency (ISO 4217).
  package var currency: String

  package init(millionths: Int, currency: String) {
    self.millionths = millionths
    self.currency = currency
  }
}

extension Price {
  /// Returns the cost of tokens, rounded to the nearest millionth. Prices are bounded, and so are counts of tokens
  /// (`Limits.credible(_:)`): the result fits 64 bits.
  func cost(of usage: TokenUsage) -> Cost {
    // Tokens times millionths per million tokens are millionths of millionths, which need more than 64 bits.
    let exact = Int128(usage.input) * Int128(input) + Int128(usage.output) * Int128(output)
    return Cost(millionths: Int((exact + 500_000) / 1_000_000), currency: currency)
  }
}

/// An estimate of the number of tokens of a text, for the budget of the history. Every model has a tokenizer of its
/// own.
///
/// Four ASCII characters count as a token, which is the average of English text, and so does any other character, of
/// which few models need more. Code takes a third more than that, Cyrillic and Greek half as much.
enum TokenEstimate {
  static func tokens(of text: String) -> Int {
    var ascii = 0
    var others = 0
    for byte in text.utf8 {
      // The bytes 0x80 to 0xBF continue a character (RFC 3629, section 3).
      if byte < 0x80 { ascii += 1 } else if byte >= 0xC0 { others += 1 }
    }
    return (ascii + 3) / 4 + others
  }
}

extension HistoryEntry {
  fileprivate var tokens: Int {
    [speaker, files.named(below: message), answer ?? ""].reduce(0) { $0 + TokenEstimate.tokens(of: $1) }
  }
}

extension [HistoryEntry] {
  /// Returns the newest entries that fit into a budget of tokens together. No entry is cut.
  func newest(within budget: Int) -> [HistoryEntry] {
    var left = budget
    let lastDropped = lastIndex { entry in
      left -= entry.tokens
      return left < 0
    }
    return Array(self[(lastDropped.map { $0 + 1 } ?? startIndex)...])
  }

  /// The newest entries with half of the tokens; always fewer than all.
  var newerHalf: [HistoryEntry] {
    let half = newest(within: reduce(0) { $0 + $1.tokens } / 2)
    return half.count < count ? half : Array(dropFirst())
  }
}
