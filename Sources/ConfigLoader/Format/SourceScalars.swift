/// A text as Unicode scalars, in which the places that YAML's parser names are found at once.
struct SourceScalars {
  let all: [Unicode.Scalar]
  /// Where each line begins, and where the text ends.
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

  func offset(_ place: SourcePosition) -> Int {
    guard place.line <= lineStarts.count else { return all.count }
    return min(lineStarts[place.line - 1] + place.column - 1, all.count)
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

  /// Where the line ends that holds this place, before what breaks it.
  func lineEnd(_ offset: Int) -> Int {
    all[offset...].firstIndex(where: Self.isBreak) ?? all.count
  }

  /// Whether nothing but white space stands before this place on its line.
  func isFirst(_ offset: Int) -> Bool {
    all[lineStarts[line(ofOffset: offset) - 1]..<offset].allSatisfy(Self.isBlank)
  }

  /// Whether this is a line without anything but white space.
  func isEmpty(line: Int) -> Bool {
    guard line >= 1, line < lineStarts.count else { return false }
    return all[lineStarts[line - 1]..<lineStarts[line]].allSatisfy { Self.isBlank($0) || Self.isBreak($0) }
  }

  func text(_ range: Range<Int>) -> String {
    // Bytes, because a string grows scalar by scalar ten times as slowly.
    var bytes: [UInt8] = []
    bytes.reserveCapacity(range.count)
    for scalar in all[range] { bytes += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The lines of a stretch without what breaks them.
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

  /// What ends a line for libyaml.
  static func isBreak(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": true
    default: false
    }
  }
}
