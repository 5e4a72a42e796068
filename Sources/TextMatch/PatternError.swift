internal import CRE2

/// Why a pattern cannot be used.
package struct PatternError: Error, Sendable, Equatable {
  /// Which of the patterns, by its index.
  package var pattern: Int
  /// What is wrong with it, in a lower-case fragment.
  package var message: String
  /// Where in the pattern, as an offset in UTF-8 bytes, where that is known.
  package var offset: Int?
}

extension PatternError {
  init(_ fault: cre2_fault, in expression: String) {
    pattern = 0
    message = Self.text(of: fault.code)
    // Where RE2 names the whole expression it knows no place.
    let isPlaced = fault.length > 0 && fault.length < expression.utf8.count
    offset =
      switch fault.code {
      case 6: GroupOffsets(in: expression).unclosed
      case 7: GroupOffsets(in: expression).unopened
      default: isPlaced ? fault.offset : nil
      }
  }

  /// What an error code of RE2 says (`RE2::ErrorCode` in re2.h).
  private static func text(of code: Int32) -> String {
    switch code {
    case 2: "an escape that does not exist, or a back-reference, which no search in linear time can follow"
    case 3, 4: "a character class or range that does not exist"
    case 5: "a `[` without its `]`"
    case 6: "a `(` without its `)`"
    case 7: "a `)` without its `(`"
    case 8: "a `\\` with nothing behind it"
    case 9: "a `*`, `+`, `?` or `{…}` with nothing to repeat"
    case 10: "more than 1,000 repetitions"
    case 11: "two repetitions of one thing"
    case 12: "a `(?…` that does not exist; look-around is not there, as no search in linear time can follow it"
    case 13: "text that is not UTF-8"
    case 14: "a group's name that is none"
    default: "too large when written out"
    }
  }
}
