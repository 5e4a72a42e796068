/// A message as the splitter sees it: scalars, where grapheme clusters end, and lines with the code fences around them.
struct SplitText {
  let scalars: [Unicode.Scalar]
  var lines: [Line] = []
  private(set) var fences: [Fence] = []
  var blocks: [Block] = []
  private let fenceScalarsMax: Int
  private var boundaries: [Bool]

  /// A line without its line break, and where the next one begins.
  struct Line {
    var start: Int
    var end: Int
    var next: Int
    var role: Role
    /// The fence that is open inside the line.
    var fenceInside: Int?
    /// The fence that is open behind it.
    var fenceAfter: Int?
    var isBlank: Bool
    /// The list or table that it belongs to.
    var block: Int?
  }

  enum Role {
    case prose, opening, code, closing
  }

  /// What opens a code block again in the next part, and what closes it at the end of this one.
  struct Fence {
    var opening: [Unicode.Scalar]
    var closing: [Unicode.Scalar]
    var openingCost: Int { opening.count + 1 }
    var closingCost: Int { closing.count + 1 }
  }

  /// What a line's end separates.
  enum Place {
    case paragraph, line
  }

  /// Reads a message. A fence whose repeating would cost more than `fenceScalarsMax` is taken as prose, and a table's head
  /// is not repeated.
  init(_ text: String, fenceScalarsMax: Int) {
    var scalars: [Unicode.Scalar] = []
    var boundaries: [Bool] = []
    for character in text {
      for (offset, scalar) in character.unicodeScalars.enumerated() {
        scalars.append(scalar)
        boundaries.append(offset == 0)
      }
    }
    self.scalars = scalars
    self.boundaries = boundaries + [true]
    self.fenceScalarsMax = fenceScalarsMax
    readLines()
    readBlocks()
  }

  private mutating func readLines() {
    var open: (index: Int, mark: Unicode.Scalar, length: Int)?
    var start = 0
    while start < count {
      let feed = scalars[start...].firstIndex(of: "\n")
      let next = feed.map { $0 + 1 } ?? count
      var end = feed ?? count
      if feed != nil, end > start, scalars[end - 1] == "\r" { end -= 1 }
      var line = Line(start: start, end: end, next: next, role: .prose, isBlank: isBlank(start..<end))
      let run = fenceRun(in: line)
      if let fence = open {
        line.fenceInside = fence.index
        if let run, run.mark == fence.mark, run.length >= fence.length, isBlank(run.end..<end) {
          line.role = .closing
          open = nil
        } else {
          line.role = .code
        }
      } else if let run, !scalars[run.end..<end].contains("`") {
        // Four columns would make it indented code where no list stands around it any more.
        let indentation = run.start - start <= 3 ? Array(scalars[start..<run.start]) : []
        let fence = Fence(
          opening: indentation + scalars[run.start..<trimmedEnd(from: start, to: end)],
          closing: indentation + Array(repeating: run.mark, count: run.length))
        if fence.openingCost + fence.closingCost <= fenceScalarsMax {
          line.role = .opening
          open = (fences.count, run.mark, run.length)
          fences.append(fence)
        }
      }
      line.fenceAfter = open?.index
      lines.append(line)
      start = next
    }
  }

  /// The three or more backticks or tildes that a line begins with.
  private func fenceRun(in line: Line) -> (mark: Unicode.Scalar, start: Int, end: Int, length: Int)? {
    guard let start = scalars[line.start..<line.end].firstIndex(where: { $0 != " " && $0 != "\t" }) else { return nil }
    let mark = scalars[start]
    guard mark == "`" || mark == "~" else { return nil }
    let length = scalars[start..<line.end].prefix { $0 == mark }.count
    return length >= 3 ? (mark, start, start + length, length) : nil
  }

  var count: Int { scalars.count }

  func isBoundary(_ index: Int) -> Bool { boundaries[index] }

  func isBlank(_ range: Range<Int>) -> Bool {
    scalars[range].allSatisfy(\.properties.isWhitespace)
  }

  /// The line that `position` stands in.
  func line(at position: Int, from index: Int) -> Int {
    var index = index
    while index < lines.count - 1, lines[index].next <= position { index += 1 }
    return index
  }

  /// The first line that does not end before `position`.
  func line(endingAtOrAfter position: Int, from index: Int) -> Int {
    var index = index
    while index < lines.count - 1, lines[index].end < position { index += 1 }
    return index
  }

  /// The fence that is open inside a line.
  func fence(in index: Int) -> Fence? {
    lines[index].fenceInside.map { fences[$0] }
  }

  /// What a part that begins at `position` must begin with, for its first line to be read as what it is: an open fence, or
  /// the head of its table.
  func opening(at position: Int, in index: Int) -> [Unicode.Scalar]? {
    if let fence = fence(in: index) { return fence.opening }
    let line = lines[index]
    guard position == line.start, let block = line.block.map({ blocks[$0] }), block.isTable else { return nil }
    guard index >= block.lines.lowerBound + Block.headLines else { return nil }
    let head = lines[block.lines.lowerBound].start..<lines[block.lines.lowerBound + 1].end
    return head.count + 1 <= fenceScalarsMax ? Array(scalars[head]) : nil
  }

  /// What the end of a line separates; nil if a part must not end there, because it would end with an opening fence or a
  /// table's head, leave a closing fence to the next, or end with a blank line.
  func place(after index: Int) -> Place? {
    let line = lines[index]
    if let block = line.block.map({ blocks[$0] }), block.isTable,
      index + 1 < min(block.lines.lowerBound + Block.headLines + 1, block.lines.upperBound)
    {
      return nil
    }
    guard index + 1 < lines.count else { return line.role == .opening ? nil : .paragraph }
    let next = lines[index + 1]
    guard line.role != .opening, next.role != .closing else { return nil }
    if line.fenceAfter != nil { return .line }
    if line.isBlank { return nil }
    return next.isBlank || line.role == .closing || next.role == .opening ? .paragraph : .line
  }

  /// The last places in `range` where a sentence and where a word ends, so that white space follows.
  func breaks(in range: Range<Int>) -> (sentence: Int?, word: Int?) {
    var word: Int?
    for index in range.reversed() where index > range.lowerBound && isSpace(at: index) {
      if Self.sentenceEnds.contains(scalars[index - 1]) { return (index, word ?? index) }
      word = word ?? index
    }
    return (nil, word)
  }

  private static let sentenceEnds: Set<Unicode.Scalar> = [".", "!", "?", "…", ":", ";", "。", "！", "？"]

  /// Where the text goes on behind the white space at `position`; the indentation of its line belongs to it.
  func afterBreak(at position: Int) -> Int {
    var index = position
    var lineStart: Int?
    while index < count, isSpace(at: index) {
      index = clusterEnd(index)
      if scalars[index - 1] == "\n" { lineStart = index }
    }
    return index == count ? count : lineStart ?? index
  }

  /// `end` without the white space before it.
  func trimmedEnd(from start: Int, to end: Int) -> Int {
    var end = end
    while end > start, scalars[end - 1].properties.isWhitespace { end -= 1 }
    return end
  }

  /// Whether a grapheme cluster of only white space begins at `index`.
  private func isSpace(at index: Int) -> Bool {
    boundaries[index] && isBlank(index..<clusterEnd(index))
  }

  private func clusterEnd(_ index: Int) -> Int {
    var end = index + 1
    while !boundaries[end] { end += 1 }
    return end
  }
}
