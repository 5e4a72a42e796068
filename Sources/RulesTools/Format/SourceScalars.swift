import ConfigLoader

/// A text as Unicode scalars, indexed by the positions of YAML's parser.
struct SourceScalars {
  let all: [Unicode.Scalar]
  /// The offset of each line, and the end of the text.
  private let lineStarts: [Int]

  init(_ source: SourceText) {
    let all = Array(String(decoding: source.bytes, as: UTF8.self).unicodeScalars)
    var starts = [0]
    for index in all.indices where Self.isBreak(all[index]) {
      if all[index] == "\r", index + 1 < all.count, all[index + 1] == "\n" { continue }
      starts.append(index + 1)
    }
    if starts.last != all.count { starts.append(all.count) }
    self.all = all
    lineStarts = starts
  }

  func offset(_ position: SourcePosition) -> Int {
    guard position.line <= lineStarts.count else { return all.count }
    return min(lineStarts[position.line - 1] + position.column - 1, all.count)
  }

  func line(ofOffset offset: Int) -> Int {
    var low = 0
    var high = lineStarts.count
    while low + 1 < high {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low + 1
  }

  func position(_ offset: Int) -> SourcePosition {
    let line = line(ofOffset: offset)
    return SourcePosition(line: line, column: offset - lineStarts[line - 1] + 1)
  }

  /// Returns the end of the line of an offset, before its line break.
  func lineEnd(_ offset: Int) -> Int {
    all[offset...].firstIndex(where: Self.isBreak) ?? all.count
  }

  /// Returns whether only white space precedes an offset on its line.
  func isFirst(_ offset: Int) -> Bool {
    all[lineStarts[line(ofOffset: offset) - 1]..<offset].allSatisfy(Self.isBlank)
  }

  /// Returns whether a line contains only white space.
  func isEmpty(line: Int) -> Bool {
    guard line >= 1, line < lineStarts.count else { return false }
    return all[lineStarts[line - 1]..<lineStarts[line]].allSatisfy { Self.isBlank($0) || Self.isBreak($0) }
  }

  func text(_ range: Range<Int>) -> String {
    // As bytes: to append scalars to a string is ten times slower.
    var bytes: [UInt8] = []
    bytes.reserveCapacity(range.count)
    for scalar in all[range] { bytes += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Returns the lines of a range without their line breaks.
  func lines(_ range: Range<Int>) -> [String] {
    var lines: [String] = []
    var start = range.lowerBound
    for index in range where Self.isBreak(all[index]) {
      let isPair = all[index] == "\n" && index > range.lowerBound && all[index - 1] == "\r"
      if isPair {
        start = index + 1
        continue
      }
      lines.append(text(start..<index))
      start = index + 1
    }
    return lines + [text(start..<range.upperBound)]
  }

  static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" }

  /// Returns whether a scalar ends a line in libyaml.
  static func isBreak(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": true
    default: false
    }
  }
}
