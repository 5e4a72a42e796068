extension MarkdownText {
  /// A code fence: what opens it again in the next part, and what closes it at the end of this one.
  struct Fence {
    /// The marks of the quotes around it.
    var quote: [Unicode.Scalar]
    /// The columns before its mark, and those of them that belong to the list items around it.
    var columns: Int
    var outerColumns = 0
    var mark: Unicode.Scalar
    var length: Int
    /// What follows its mark: the language.
    var info: [Unicode.Scalar]

    /// Its first line, without so many columns of the list items around it.
    func opening(without columns: Int) -> [Unicode.Scalar] { closing(without: columns) + info }

    /// Its last line.
    func closing(without columns: Int) -> [Unicode.Scalar] {
      // Four columns more than those of the list around it would make it indented code.
      let own = self.columns - outerColumns <= 3 ? self.columns : outerColumns
      return quote + Array(repeating: " ", count: max(own - columns, 0)) + Array(repeating: mark, count: length)
    }

    /// The scalars that its end costs a part at most, and those that opening it again costs the next.
    var closingCost: Int { quote.count + columns + length + 1 }
    var openingCost: Int { closingCost + info.count + quote.count }
  }

  /// Finds the lines, the quotes and the code fences.
  mutating func readLines() {
    var open: (index: Int, depth: Int)?
    var start = 0
    while start < count {
      let feed = scalars[start...].firstIndex(of: "\n")
      let next = feed.map { $0 + 1 } ?? count
      var end = feed ?? count
      if feed != nil, end > start, scalars[end - 1] == "\r" { end -= 1 }
      var quote = quoteMarks(in: start..<end, depthMax: open?.depth ?? .max)
      if let fence = open, quote.depth < fence.depth {
        // The quote around it has ended (CommonMark 0.31, section 5.1).
        lines[lines.count - 1].fenceAfter = nil
        open = nil
        quote = quoteMarks(in: start..<end, depthMax: .max)
      }
      var line = Line(
        start: start, content: quote.end, quoteDepth: quote.depth, end: end, next: next, role: .prose,
        isBlank: isBlank(start..<end))
      let run = fenceRun(in: line.content..<end)
      if let index = open?.index {
        line.fenceInside = index
        line.role = .code
        if let run, run.mark == fences[index].mark, run.length >= fences[index].length, isBlank(run.end..<end) {
          line.role = .closing
          open = nil
        }
      } else if let run, !scalars[run.end..<end].contains("`") {
        let fence = Fence(
          quote: Array(scalars[start..<line.content]), columns: width(of: line.content..<run.start), mark: run.mark,
          length: run.length, info: Array(scalars[run.end..<max(run.end, trimmedEnd(from: start, to: end))]))
        if fence.openingCost + fence.closingCost <= repeatedScalarsMax {
          line.role = .opening
          open = (fences.count, line.quoteDepth)
          fences.append(fence)
        }
      }
      line.fenceAfter = open?.index
      lines.append(line)
      start = next
    }
  }

  /// Finds the columns of each line that belong to the list items around it, in one pass (CommonMark 0.31, section 5.2).
  mutating func readColumns() {
    var offsets: [Int] = []
    for index in lines.indices {
      let line = lines[index]
      if line.role == .code || line.role == .closing {
        let outer = line.fenceInside.map { fences[$0].outerColumns } ?? 0
        lines[index].columns = (outer, outer)
        continue
      }
      if index > 0, lines[index - 1].quoteDepth != line.quoteDepth, !line.isBlank { offsets = [] }
      let text = content(of: index)
      guard let first = text.firstIndex(where: { $0 != " " && $0 != "\t" }) else {
        lines[index].columns = (offsets.last ?? 0, offsets.last ?? 0)
        continue
      }
      let indentation = width(of: line.content..<first)
      let isItem = isItem(index)
      let isLazy =
        !isItem && line.role == .prose && index > 0 && lines[index - 1].role == .prose
        && !isBlank(lines[index - 1].content..<lines[index - 1].end)
      if !isLazy { while let offset = offsets.last, indentation < offset { offsets.removeLast() } }
      var outer = offsets.last ?? 0
      if isItem, !offsets.isEmpty || indentation <= 3 {
        // One that is too far in to be an item of its own is read as one all the same where it stands in a list.
        if indentation - outer > 3 { outer = indentation }
        offsets.append(indentation + markerWidth(from: first, to: line.end))
      }
      lines[index].columns = (outer, offsets.last ?? 0)
      if line.role == .opening, let fence = line.fenceAfter { fences[fence].outerColumns = outer }
    }
  }

  /// The columns that a part must leave out of the indentation of its lines, if it begins at a position: those of list items
  /// that began in earlier parts. Otherwise four of them would make its lines indented code.
  func columns(around position: Int, in index: Int) -> Int {
    position == lines[index].start ? lines[index].columns.outer : lines[index].columns.inner
  }

  /// As `columns(around:in:)`, for a later line of that part.
  func columns(at later: Int, from position: Int, in index: Int) -> Int {
    lines[index...later].dropFirst().reduce(columns(around: position, in: index)) {
      $1.isBlank ? $0 : min($0, $1.columns.outer)
    }
  }

  /// The text of a part whose first line is `index`.
  func body(_ range: Range<Int>, from index: Int) -> [Unicode.Scalar] {
    var columns = columns(around: range.lowerBound, in: index)
    if columns == 0 { return Array(scalars[range]) }
    var body: [Unicode.Scalar] = []
    for line in lines[index...] {
      guard line.start < range.upperBound else { break }
      let end = min(line.next, range.upperBound)
      guard line.start >= range.lowerBound else {
        body += scalars[range.lowerBound..<end]
        continue
      }
      if !line.isBlank { columns = min(columns, line.columns.outer) }
      let content = min(line.content, end)
      body += scalars[line.start..<content]
      body += scalars[indented(by: columns, in: content..<end)..<end]
    }
    return body
  }

  /// The marks of the quotes that a line begins with (CommonMark 0.31, section 5.1), at most so many.
  private func quoteMarks(in range: Range<Int>, depthMax: Int) -> (end: Int, depth: Int) {
    var (end, depth) = (range.lowerBound, 0)
    while depth < depthMax {
      let mark = scalars[end..<range.upperBound].prefix(4).firstIndex { $0 != " " } ?? range.upperBound
      guard mark < range.upperBound, scalars[mark] == ">" else { break }
      end = mark + 1
      if end < range.upperBound, scalars[end] == " " { end += 1 }
      depth += 1
    }
    return (end, depth)
  }

  /// The three or more backticks or tildes that a line begins with.
  private func fenceRun(in range: Range<Int>) -> (mark: Unicode.Scalar, start: Int, end: Int, length: Int)? {
    guard let start = scalars[range].firstIndex(where: { $0 != " " && $0 != "\t" }) else { return nil }
    let mark = scalars[start]
    guard mark == "`" || mark == "~" else { return nil }
    let length = scalars[start..<range.upperBound].prefix { $0 == mark }.count
    return length >= 3 ? (mark, start, start + length, length) : nil
  }

  /// The columns from an item's mark to its text.
  private func markerWidth(from mark: Int, to end: Int) -> Int {
    let gap = scalars[mark..<end].firstIndex { $0 == " " || $0 == "\t" } ?? end
    let text = scalars[gap..<end].firstIndex { $0 != " " && $0 != "\t" } ?? gap
    let spaces = width(of: gap..<text)
    return gap - mark + (1...4 ~= spaces ? spaces : 1)
  }

  /// The columns that blanks take, from one that is a multiple of four.
  private func width(of range: Range<Int>) -> Int {
    scalars[range].reduce(0) { $1 == "\t" ? ($0 / 4 + 1) * 4 : $0 + 1 }
  }

  /// Where a line goes on behind so many columns of its indentation; a tab is left out whole.
  private func indented(by columns: Int, in range: Range<Int>) -> Int {
    var (index, column) = (range.lowerBound, 0)
    while index < range.upperBound, column < columns, scalars[index] == " " || scalars[index] == "\t" {
      column = scalars[index] == "\t" ? (column / 4 + 1) * 4 : column + 1
      index += 1
    }
    return index
  }
}
