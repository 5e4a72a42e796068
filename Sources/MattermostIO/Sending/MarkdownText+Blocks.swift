extension MarkdownText {
  /// Lines that are read as one thing: the items of a list, or the rows of a table.
  struct Block {
    var lines: Range<Int>
    var isTable: Bool

    /// How many lines a table's head has: its titles, and what separates them from the rows.
    static let headLines = 2
  }

  /// Finds the lists and tables outside of code, in one pass.
  mutating func readBlocks() {
    var index = 0
    while index < lines.count {
      let isTable = index + 1 < lines.count && isRow(index) && isSeparator(index + 1)
      guard isTable || isItem(index) else {
        index += 1
        continue
      }
      let end = isTable ? endOfTable(from: index) : endOfList(from: index)
      for line in index..<end { lines[line].block = blocks.count }
      blocks.append(Block(lines: index..<end, isTable: isTable))
      index = end
    }
  }

  /// How many scalars a block has.
  func scalarCount(of block: Block) -> Int {
    lines[block.lines.upperBound - 1].end - lines[block.lines.lowerBound].start
  }

  /// Where a part that begins at `start`, in the line `index`, ends before a block; nil where the block begins the part.
  func end(before block: Block, from start: Int, in index: Int) -> Int? {
    guard block.lines.lowerBound > index else { return nil }
    let last = lines[index..<block.lines.lowerBound].last { !$0.isBlank }
    return last.flatMap { $0.end > start ? $0.end : nil }
  }

  /// The first line behind a table that begins at `start`.
  private func endOfTable(from start: Int) -> Int {
    var end = start + Block.headLines
    while end < lines.count, isRow(end) { end += 1 }
    return end
  }

  /// The first line behind a list that begins at `start`: blank lines belong to it where it goes on behind them.
  private func endOfList(from start: Int) -> Int {
    var end = start + 1
    var next = end
    while next < lines.count, lines[next].role == .prose {
      if lines[next].isBlank {
        next += 1
        continue
      }
      guard next == end || isItem(next) || isIndented(next) else { break }
      next += 1
      end = next
    }
    return end
  }

  private func isRow(_ index: Int) -> Bool {
    lines[index].role == .prose && !lines[index].isBlank && content(of: index).contains("|")
  }

  private func isSeparator(_ index: Int) -> Bool {
    guard isRow(index), content(of: index).contains("-") else { return false }
    return content(of: index).allSatisfy { $0 == "|" || $0 == "-" || $0 == ":" || $0 == " " || $0 == "\t" }
  }

  func isItem(_ index: Int) -> Bool {
    guard lines[index].role == .prose else { return false }
    let text = content(of: index).drop { $0 == " " || $0 == "\t" }
    guard let mark = text.first else { return false }
    if mark == "-" || mark == "*" || mark == "+" { return isGap(text.dropFirst().first) }
    let rest = text.drop { ("0"..."9").contains($0) }
    guard rest.startIndex > text.startIndex, let delimiter = rest.first else { return false }
    return (delimiter == "." || delimiter == ")") && isGap(rest.dropFirst().first)
  }

  private func isIndented(_ index: Int) -> Bool { isGap(content(of: index).first) }

  private func isGap(_ scalar: Unicode.Scalar?) -> Bool { scalar == " " || scalar == "\t" }

  /// A line without the marks of quotes.
  func content(of index: Int) -> ArraySlice<Unicode.Scalar> { scalars[lines[index].content..<lines[index].end] }
}
