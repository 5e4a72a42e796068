import Foundation

/// A question to a bot, which is recognised in its answer.
package enum Question {
  private static let words = "explain q"

  /// Returns the text of a question, and of its answer by `echo`.
  package static func text(_ number: Int) -> String { "\(words)\(number)." }

  /// Returns the number of the last question that a text contains.
  package static func number(in text: String) -> Int? {
    text.range(of: words, options: .backwards).flatMap { range in
      Int(text[range.upperBound...].prefix { $0.isNumber })
    }
  }
}
