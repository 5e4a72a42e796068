/// The result of a review of a regular expression.
package struct ExpressionReview: Sendable, Equatable {
  /// The reason why it cannot be used, or `nil` if it can.
  package var problem: PatternError?
  /// True if its `\w`, `\d` and `\s` cover ASCII only, because it would be too large for all scripts.
  package var isASCIIOnly = false
  /// The offset in UTF-8 of a `\b` or `\B` next to a letter beyond ASCII, which RE2 does not count as a letter; `nil`
  /// if there is none.
  package var misledBoundary: Int?
  /// The text for the test `word` that would replace it, or `nil` if it is not a text between two `\b`.
  package var word: String?
}

extension TextMatcher {
  /// Reviews a regular expression.
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
