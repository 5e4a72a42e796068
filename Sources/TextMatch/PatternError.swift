internal import CRE2

package struct PatternError: Error, Sendable, Equatable {
  /// The index of the pattern.
  package var pattern: Int
  /// The problem, as a lower-case fragment.
  package var message: String
  /// The position in the pattern, in UTF-8 bytes, if it is known.
  package var offset: Int?
}

extension PatternError {
  init(_ fault: cre2_fault, in expression: String) {
    pattern = 0
    message = Self.text(of: fault.code)
    // If RE2 names the whole expression, the position is unknown.
    let isPlaced = fault.length > 0 && fault.length < expression.utf8.count
    offset =
      switch fault.code {
      case 6: GroupOffsets(in: expression).unclosed
      case 7: GroupOffsets(in: expression).unopened
      default: isPlaced ? fault.offset : nil
      }
  }

  /// Returns the meaning of an error code of RE2 (`RE2::ErrorCode` in re2.h).
  private static func text(of code: Int32) -> String {
    switch code {
    case 2: "an unknown escape, or a back-reference, which is not supported because it cannot be matched in linear time"
    case 3, 4: "an invalid character class or range"
    case 5: "a `[` without its `]`"
    case 6: "a `(` without its `)`"
    case 7: "a `)` without its `(`"
    case 8: "a `\\` at the end"
    case 9: "a `*`, `+`, `?` or `{…}` with nothing to repeat"
    case 10: "more than 1,000 repetitions"
    case 11: "two repetition operators in a row"
    case 12: "an unknown `(?…`, or look-around, which is not supported because it cannot be matched in linear time"
    case 13: "text that is not UTF-8"
    case 14: "an invalid group name"
    default: "too large when its repetitions are expanded"
    }
  }
}

/// The offsets of the unbalanced parentheses of an expression, which RE2 does not report.
private struct GroupOffsets {
  /// The offset of the first `(` that is not closed.
  private(set) var unclosed: Int?
  /// The offset of the first `)` without a `(`.
  private(set) var unopened: Int?

  init(in expression: String) {
    let bytes = Array(expression.utf8)
    var open: [Int] = []
    var index = 0
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "\\"): index += 1
      case UInt8(ascii: "["): index = Self.endOfClass(bytes, from: index)
      case UInt8(ascii: "("): open.append(index)
      case UInt8(ascii: ")"): if open.popLast() == nil { unopened = unopened ?? index }
      default: break
      }
      index += 1
    }
    unclosed = open.first
  }

  /// A `]` at the beginning of a class is one of its characters.
  private static func endOfClass(_ bytes: [UInt8], from start: Int) -> Int {
    var index = start + 1
    if index < bytes.count, bytes[index] == UInt8(ascii: "^") { index += 1 }
    if index < bytes.count, bytes[index] == UInt8(ascii: "]") { index += 1 }
    while index < bytes.count, bytes[index] != UInt8(ascii: "]") {
      index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    return index
  }
}
