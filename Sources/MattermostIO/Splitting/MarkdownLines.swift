extension MarkdownText {
  /// A code fence (CommonMark 0.31, section 4.5).
  struct Fence {
    /// The markers of the quotes around it.
    var quote: [Unicode.Scalar]
    /// The columns before its fence, and those of them that belong to the list items around it.
    var columns: Int
    var outerColumns = 0
    var mark: Unicode.Scalar
    var length: Int
    /// The info string: the language.
    var info: [Unicode.Scalar]

    /// Returns its first line, indented by `columns` less.
    func opening(without columns: Int) -> [Unicode.Scalar] { closing(without: columns) + info }

    /// Returns its last line, indented by `columns` less.
    func closing(without columns: Int) -> [Unicode.Scalar] {
      // Indented by four columns more than the list, it would be indented code.
      let own = self.columns - outerColumns <= 3 ? self.columns : outerColumns
      return quote + Array(repeating: " ", count: max(own - columns, 0)) + Array(repeating: mark, count: length)
    }

    /// The largest number of scalars that close it at the end of a part, and that reopen it in the next.
    var closingCost: Int { quote.count + columns + length + 1 }
    var openingCost: Int { closingCost + info.count + quote.count }
  }

  /// Parses the lines, the quotes and the code fences.
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
        // A fence ends with the quote around it (CommonMark 0.31, section 5.1).
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

  /// Determines the columns of each line that belong to the list items around it (CommonMark 0.31, section 5.2).
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
        // Inside a list, an item that is indented too far still counts as one.
        if indentation - outer > 3 { outer = indentation }
        offsets.append(indentation + markerWidth(from: first, to: line.end))
      }
      lines[index].columns = (outer, offsets.last ?? 0)
      if line.role == .opening, let fence = line.fenceAfter { fences[fence].outerColumns = outer }
    }
  }

  /// Returns the columns by which a part that starts at a position reduces the indentation of its lines: those of list
  /// items that start in earlier parts. With four of them, its lines would be indented code.
  func columns(around position: Int, in index: Int) -> Int {
    position == lines[index].start ? lines[index].columns.outer : lines[index].columns.inner
  }

  /// Returns the columns of `columns(around:in:)` for a later line of that part.
  func columns(at later: Int, from position: Int, in index: Int) -> Int {
    lines[index...later].dropFirst().reduce(columns(around: position, in: index)) {
      $1.isBlank ? $0 : min($0, $1.columns.outer)
    }
  }

  /// Returns the text of a part whose first line is `index`.
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

  /// Returns the end and the number of the quote markers (CommonMark 0.31, section 5.1) at the start of a line, at most
  /// `depthMax`.
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

  /// Returns the fence, three or more backticks or tildes, at the start of a line.
  private func fenceRun(in range: Range<Int>) -> (mark: Unicode.Scalar, start: Int, end: Int, length: Int)? {
    guard let start = scalars[range].firstIndex(where: { $0 != " " && $0 != "\t" }) else { return nil }
    let mark = scalars[start]
    guard mark == "`" || mark == "~" else { return nil }
    let length = scalars[start..<range.upperBound].prefix { $0 == mark }.count
    return length >= 3 ? (mark, start, start + length, length) : nil
  }

  /// Returns the columns from the marker of a list item to its text.
  private func markerWidth(from mark: Int, to end: Int) -> Int {
    let gap = scalars[mark..<end].firstIndex { $0 == " " || $0 == "\t" } ?? end
    let text = scalars[gap..<end].firstIndex { $0 != " " && $0 != "\t" } ?? gap
    let spaces = width(of: gap..<text)
    return gap - mark + (1...4 ~= spaces ? spaces : 1)
  }

  /// Returns the columns of white space that starts at a multiple of four.
  private func width(of range: Range<Int>) -> Int {
    scalars[range].reduce(0) { $1 == "\t" ? ($0 / 4 + 1) * 4 : $0 + 1 }
  }

  /// Returns the position after `columns` columns of indentation; a tab is skipped as a whole.
  private func indented(by columns: Int, in range: Range<Int>) -> Int {
    var (index, column) = (range.lowerBound, 0)
    while index < range.upperBound, column < columns, scalars[index] == " " || scalars[index] == "\t" {
      column = scalars[index] == "\t" ? (column / 4 + 1) * 4 : column + 1
      index += 1
    }
    return index
  }
}
