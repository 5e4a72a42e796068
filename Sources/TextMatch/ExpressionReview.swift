/// What is to be said of a regular expression before it is used.
package struct ExpressionReview: Sendable, Equatable {
  /// Why it cannot be used, or `nil` if it can.
  package var problem: PatternError?
  /// Whether its `\w`, `\d` and `\s` know ASCII only, because for every script it would be too large.
  package var isASCIIOnly = false
  /// The offset in UTF-8 of a `\b` or `\B` beside a letter beyond ASCII, which RE2 takes for none; `nil` if there is none.
  package var misledBoundary: Int?
  /// The text that `word` would look for in its place, or `nil` if it is no text between two `\b`.
  package var word: String?
}

extension TextMatcher {
  /// Looks at a regular expression.
  package static func review(expression: String, isCaseSensitive: Bool) -> ExpressionReview {
    var review = ExpressionReview()
    do {
      let pattern = TextPattern(.expression, expression, isCaseSensitive: isCaseSensitive)
      if case .expression(let compiled) = try CompiledPattern(pattern) { review.isASCIIOnly = compiled.isASCIIOnly }
    } catch {
      review.problem = error
      return review
    }
    review.misledBoundary = BoundaryTokens(in: expression).misled
    if review.misledBoundary != nil, expression.hasPrefix(#"\b"#), expression.hasSuffix(#"\b"#) {
      let text = expression.dropFirst(2).dropLast(2)
      let isText = text.unicodeScalars.allSatisfy { $0 == " " || isWordScalar($0.value) }
      review.word = isText && !text.isEmpty ? String(text) : nil
    }
    return review
  }
}
