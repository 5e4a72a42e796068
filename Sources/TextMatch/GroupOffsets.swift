/// Where the parentheses of an expression that do not match stand, which RE2 does not tell.
struct GroupOffsets {
  /// The offset of the first `(` that is not closed.
  private(set) var unclosed: Int?
  /// The offset of the first `)` that closes nothing.
  private(set) var unopened: Int?

  init(in expression: String) {
    let bytes = Array(expression.utf8)
    var open: [Int] = []
    var place = 0
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "\\"): place += 1
      case UInt8(ascii: "["): place = Self.endOfClass(bytes, from: place)
      case UInt8(ascii: "("): open.append(place)
      case UInt8(ascii: ")"): if open.popLast() == nil { unopened = unopened ?? place }
      default: break
      }
      place += 1
    }
    unclosed = open.first
  }

  /// A `]` that stands first in a class is one of its characters.
  private static func endOfClass(_ bytes: [UInt8], from start: Int) -> Int {
    var place = start + 1
    if place < bytes.count, bytes[place] == UInt8(ascii: "^") { place += 1 }
    if place < bytes.count, bytes[place] == UInt8(ascii: "]") { place += 1 }
    while place < bytes.count, bytes[place] != UInt8(ascii: "]") {
      place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
    }
    return place
  }
}
