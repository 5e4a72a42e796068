/// A text parsed as Markdown, as far as the splitter needs it: its grapheme clusters, its lines with the code fences,
/// quotes and lists around them, and the spans inside them.
///
/// Positions are indices of `scalars`. See CommonMark 0.31, <https://spec.commonmark.org/0.31/>.
struct MarkdownText {
  let scalars: [Unicode.Scalar]
  var lines: [Line] = []
  var fences: [Fence] = []
  var blocks: [Block] = []
  var spans: [Span] = []
  /// The largest number of scalars that close the spans at the end of a part.
  var markersMax = 0
  /// The number of scalars that a part may have.
  let scalarsMax: Int
  /// The number of scalars of a part that may be repetitions.
  let repeatedScalarsMax: Int
  private var boundaries: [Bool]

  /// A line without its line break.
  struct Line {
    var start: Int
    /// The start of the line after the markers of quotes.
    var content: Int
    var quoteDepth: Int
    var end: Int
    /// The start of the next line.
    var next: Int
    var role: Role
    /// The code fence that is open inside the line.
    var fenceInside: Int?
    /// The code fence that is open after the line.
    var fenceAfter: Int?
    var isBlank: Bool
    /// The list or table that contains it.
    var block: Int?
    /// The columns of its indentation that belong to the list items around the line, and to those around its text.
    var columns = (outer: 0, inner: 0)
  }

  enum Role {
    case prose, opening, code, closing
  }

  enum Separation {
    case paragraph, line
  }

  /// Parses a text. A fence whose repetition would take more than half a part counts as prose, and a table header of
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

  /// Returns the line that contains a position, at or after a line.
  func line(at position: Int, from index: Int) -> Int {
    var index = index
    while index < lines.count - 1, lines[index].next <= position { index += 1 }
    return index
  }

  /// Returns the first line, at or after a line, that does not end before a position.
  func line(endingAtOrAfter position: Int, from index: Int) -> Int {
    var index = index
    while index < lines.count - 1, lines[index].end < position { index += 1 }
    return index
  }

  /// Returns the code fence that is open inside a line.
  func fence(in index: Int) -> Fence? {
    lines[index].fenceInside.map { fences[$0] }
  }

  /// Returns the scalars with which a part that continues at a position must start, so that its first line is rendered
  /// as in the whole text, and the position at which the text continues after them.
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

  /// Returns what the end of a line separates, or `nil` if no part may end there: after an opening fence, a table
  /// header or a blank line, or before a closing fence.
  func separation(after index: Int) -> Separation? {
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

  /// Returns the position of the text after the white space at a position. The indentation of its line belongs to it.
  func afterBreak(at position: Int) -> Int {
    var index = position
    var lineStart: Int?
    while index < count, isSpace(at: index) {
      index = clusterEnd(index)
      if scalars[index - 1] == "\n" { lineStart = index }
    }
    return index == count ? count : lineStart ?? index
  }

  /// Returns the position before the white space that ends at `end`.
  func trimmedEnd(from start: Int, to end: Int) -> Int {
    var end = end
    while end > start, scalars[end - 1].properties.isWhitespace { end -= 1 }
    return end
  }

  /// Returns whether a grapheme cluster of white space starts at a position.
  func isSpace(at index: Int) -> Bool {
    index < count && boundaries[index] && isBlank(index..<clusterEnd(index))
  }

  private func clusterEnd(_ index: Int) -> Int {
    var end = index + 1
    while !boundaries[end] { end += 1 }
    return end
  }
}

// MARK: Positions inside a line

extension MarkdownText {
  /// Returns the best position, at most `last`, at which a part may end in a line of prose or code: the end of a
  /// sentence, or else of a word, or else of a grapheme cluster. Positions before `half` are used only if there is no
  /// other. A link, a code span or bold text that fits into a part is not split.
  func breakPosition(from: Int, half: Int, to last: Int, isProse: Bool) -> Int? {
    var word: Int?
    var cluster: Int?
    var index = last
    while index > from, cluster == nil || index > half {
      defer { index -= 1 }
      if isProse, let span = wholeSpan(around: index) {
        index = span.range.lowerBound
        guard index > from, cluster == nil || index > half else { break }
      }
      guard isBoundary(index), !isProse || !isInMarker(index) else { continue }
      cluster = cluster ?? index
      let isBeforeSpace = isSpace(at: index)
      if isProse, isSentenceEnd(index, isBeforeSpace: isBeforeSpace) { return index }
      if word == nil, isBeforeSpace || isProse && Self.wideCommas.contains(scalars[index - 1]) { word = index }
    }
    return word ?? cluster
  }

  /// Returns whether a sentence ends at a position: after a full stop and closing punctuation, and before a space
  /// unless the stop is Chinese or Japanese.
  private func isSentenceEnd(_ index: Int, isBeforeSpace: Bool) -> Bool {
    var stop = index - 1
    while stop > 0, index - stop < 8, Self.closers.contains(scalars[stop]) { stop -= 1 }
    if Self.wideStops.contains(scalars[stop]) {
      return isBeforeSpace || index == count
        || !Self.closers.contains(scalars[index]) && !Self.wideStops.contains(scalars[index])
    }
    return isBeforeSpace && Self.stops.contains(scalars[stop])
  }

  private static let stops: Set<Unicode.Scalar> = [".", "!", "?", "…", ":", ";"]
  private static let wideStops: Set<Unicode.Scalar> = ["。", "！", "？", "｡"]
  private static let wideCommas: Set<Unicode.Scalar> = ["、", "，", "；", "：", "､"]
  private static let closers: Set<Unicode.Scalar> = [
    ")", "]", "\"", "'", "”", "’", "»", "）", "」", "』", "】", "》", "〉", "*", "_", "~", "`",
  ]
}
