internal import TextMatch

extension TextTest {
  /// One of its texts as a pattern to look for.
  func pattern(_ text: String) -> TextPattern {
    TextPattern(kind.patternKind, text, isCaseSensitive: isCaseSensitive)
  }
}

extension TextTestKind {
  fileprivate var patternKind: TextPattern.Kind {
    switch self {
    case .contains: .contains
    case .word: .word
    case .startsWith: .startsWith
    case .endsWith: .endsWith
    case .equals: .equals
    case .matches: .expression
    }
  }
}
