/// A message as the splitter sees it: scalars, where grapheme clusters end, lines with the code fences, quotes and lists
/// around them, and what in a line is read as one thing.
struct MarkdownText {
  let scalars: [Unicode.Scalar]
  var lines: [Line] = []
  var fences: [Fence] = []
  var blocks: [Block] = []
  var spans: [Span] = []
  /// The scalars that closing spans costs a part at most.
  var markersMax = 0
  /// How many scalars a part may have.
  let scalarsMax: Int
  /// How many scalars may be spent on what a part repeats.
  let repeatedScalarsMax: Int
  private var boundaries: [Bool]

  /// A line without its line break, and where the next one begins.
  struct Line {
    var start: Int
    /// Where it begins behind the marks of the quotes around it.
    var content: Int
    var quoteDepth: Int
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
    /// The columns of its indentation that belong to the list items around it, and to those around its text.
    var columns = (outer: 0, inner: 0)
  }

  enum Role {
    case prose, opening, code, closing
  }

  /// What a line's end separates.
  enum Place {
    case paragraph, line
  }

  /// Reads a message. A fence whose repeating would cost more than half a part is taken as prose, and a table's head of
  /// that size is not repeated.
  init(_ text: String, scalarsMax: Int) {
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
    self.scalarsMax = scalarsMax
    repeatedScalarsMax = scalarsMax / 2
    readLines()
    readColumns()
    readBlocks()
    readSpans()
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

  /// What a part that goes on at a position must begin with, for its first line to be read as what it is, and where the
  /// text goes on behind it.
  func opening(at position: Int, in index: Int) -> (text: [Unicode.Scalar], next: Int) {
    let line = lines[index]
    if let fence = fence(in: index) {
      let opening = fence.opening(without: columns(around: position, in: index)) + ["\n"]
      return (position > line.start ? opening + fence.quote : opening, position)
    }
    if position == line.start, let head = tableHead(for: index) { return (head + ["\n"], position) }
    let markers = markers(at: position)
    if position == line.start, markers.isEmpty { return ([], position) }
    guard position == line.start || position > line.content else { return (markers, position) }
    let quote = scalars[line.start..<line.content]
    let opening = (quote.count + markers.count <= repeatedScalarsMax ? Array(quote) : []) + markers
    guard position == line.start else { return (opening, position) }
    let text = scalars[line.content..<line.end].firstIndex { !$0.properties.isWhitespace } ?? line.end
    return (opening, text)
  }

  private func tableHead(for index: Int) -> [Unicode.Scalar]? {
    guard let block = lines[index].block.map({ blocks[$0] }), block.isTable else { return nil }
    guard index >= block.lines.lowerBound + Block.headLines else { return nil }
    let head = lines[block.lines.lowerBound].start..<lines[block.lines.lowerBound + 1].end
    return head.count + 1 <= repeatedScalarsMax ? Array(scalars[head]) : nil
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
  func isSpace(at index: Int) -> Bool {
    index < count && boundaries[index] && isBlank(index..<clusterEnd(index))
  }

  private func clusterEnd(_ index: Int) -> Int {
    var end = index + 1
    while !boundaries[end] { end += 1 }
    return end
  }
}
