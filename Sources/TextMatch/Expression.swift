internal import CRE2

/// A regular expression. It always runs in time linear in the text.
final class Expression: Sendable {
  // Changed by `requiredLiterals()` alone, before it is shared; RE2 locks the states that it adds while it searches.
  private nonisolated(unsafe) let compiled: OpaquePointer

  /// True if its `\w`, `\d` and `\s` cover ASCII only, because it would be too large for all scripts.
  let isASCIIOnly: Bool

  /// Compiles an expression as its author wrote it: its classes cover all scripts.
  ///
  /// - Throws: the first error, with its position in the written expression.
  convenience init(written text: String, isCaseSensitive: Bool) throws(PatternError) {
    let unicode = UnicodeClasses(in: text).text
    if unicode == text {
      try self.init(text, isCaseSensitive: isCaseSensitive)
      return
    }
    // Errors are reported for the written form. If that is valid, the expression is too large for all scripts.
    let plain = try Self.compiled(text, isCaseSensitive: isCaseSensitive)
    do throws(PatternError) {
      let compiled = try Self.compiled(unicode, isCaseSensitive: isCaseSensitive)
      cre2_delete(plain)
      self.init(compiled, isASCIIOnly: false)
    } catch {
      self.init(plain, isASCIIOnly: true)
    }
  }

  /// Compiles an expression in RE2's syntax.
  convenience init(_ text: String, isCaseSensitive: Bool) throws(PatternError) {
    self.init(try Self.compiled(text, isCaseSensitive: isCaseSensitive), isASCIIOnly: false)
  }

  private init(_ compiled: OpaquePointer, isASCIIOnly: Bool) {
    (self.compiled, self.isASCIIOnly) = (compiled, isASCIIOnly)
  }

  private static func compiled(_ text: String, isCaseSensitive: Bool) throws(PatternError) -> OpaquePointer {
    var fault = cre2_fault()
    let compiled = text.withBytes { bytes in
      cre2_new(
        bytes.characters, bytes.count, isCaseSensitive, Limits.expressionMemory, Int32(Literal.shortest), &fault)
    }
    guard let compiled else {
      throw PatternError(fault, in: text)
    }
    return compiled
  }

  deinit { cre2_delete(compiled) }

  /// Returns whether it is found anywhere in a text.
  func isFound(in text: UnsafeBufferPointer<UInt8>) -> Bool {
    cre2_is_found(compiled, text.characters, text.count)
  }

  /// Returns the first match at or after `start`.
  func range(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Range<Int>? {
    var (first, last) = (0, 0)
    guard cre2_find(compiled, text.characters, text.count, start, &first, &last) else { return nil }
    return first..<last
  }

  /// Returns folded texts of which every match contains at least one; none if no such texts are known. To be called once
  /// at most.
  func requiredLiterals() -> [Literal] {
    struct Collected {
      var literals: [Literal] = []
    }
    var collected = Collected()
    withUnsafeMutablePointer(to: &collected) { collected in
      cre2_required(
        compiled, collected,
        { _, text, length in Literal(inFolded: UnsafeBufferPointer(characters: text, count: length)) != nil },
        { collected, text, length in
          guard let literal = Literal(inFolded: UnsafeBufferPointer(characters: text, count: length)) else { return }
          collected?.assumingMemoryBound(to: Collected.self).pointee.literals.append(literal)
        })
    }
    return collected.literals
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// The same bytes as C's characters.
  fileprivate var characters: UnsafePointer<CChar>? {
    UnsafeRawPointer(baseAddress)?.assumingMemoryBound(to: CChar.self)
  }

  fileprivate init(characters: UnsafePointer<CChar>?, count: Int) {
    self.init(start: UnsafeRawPointer(characters)?.assumingMemoryBound(to: UInt8.self), count: count)
  }
}

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
