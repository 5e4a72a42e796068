internal import CTextScan

/// A pattern ready to be looked for in a text.
enum CompiledPattern: Sendable {
  /// A text whose letters `text_fold` can fold, or that needs no folding.
  case literal([UInt8], text_place, folds: Bool)
  /// An expression, or a text whose letters have case variants that only an expression finds.
  case expression(Expression)
  /// A text with such letters, as a word of its own.
  case word(Expression)

  init(_ pattern: TextPattern) throws(PatternError) {
    let text = pattern.text
    if text.isEmpty { throw PatternError(pattern: 0, message: "nothing to look for", offset: 0) }
    if text.utf8.count > Limits.patternBytesMax {
      throw PatternError(
        pattern: 0, message: "longer than \(Limits.patternBytesMax) bytes", offset: Limits.patternBytesMax)
    }
    if let place = pattern.kind.place {
      let folds = !pattern.isCaseSensitive
      let bytes = folds ? text.folded : Array(text.utf8)
      if !folds || bytes.allSatisfy({ $0 < 0x80 }) {
        self = .literal(bytes, place, folds: folds)
        return
      }
    }
    if pattern.kind == .expression {
      self = .expression(try Expression(written: text, isCaseSensitive: pattern.isCaseSensitive))
      return
    }
    let expression = try Expression(pattern.expression, isCaseSensitive: pattern.isCaseSensitive)
    self = pattern.kind == .word ? .word(expression) : .expression(expression)
  }

  func isFound(in text: String) -> Bool {
    text.withBytes { bytes in
      switch self {
      case .literal(let literal, let place, let folds):
        text_holds(bytes.baseAddress, bytes.count, literal, literal.count, place, folds) {
          isWordEdge(outside: $0, inside: $1, isEnd: $2)
        }
      case .expression(let expression): expression.isFound(in: bytes)
      case .word(let expression): expression.isFoundAsWord(in: bytes)
      }
    }
  }
}

extension TextPattern.Kind {
  /// The position that a literal of this kind must have; `nil` for an expression.
  fileprivate var place: text_place? {
    switch self {
    case .contains: text_anywhere
    case .word: text_as_word
    case .startsWith: text_at_start
    case .endsWith: text_at_end
    case .equals: text_as_whole
    case .expression: nil
    }
  }
}

extension CompiledPattern {
  /// Returns literals of which every text with the pattern has at least one; none if no such literals are known. To
  /// be called once at most.
  func requiredLiterals(of pattern: TextPattern) -> [Literal] {
    if pattern.kind == .expression, case .expression(let expression) = self { return expression.requiredLiterals() }
    return Literal(in: pattern.text, isCaseSensitive: pattern.isCaseSensitive).map { [$0] } ?? []
  }
}
