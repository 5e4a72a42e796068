extension MarkdownText {
  /// A list or a table.
  struct Block {
    var lines: Range<Int>
    var isTable: Bool

    /// The lines of a table header: the titles, and the delimiter row.
    static let headLines = 2
  }

  /// Parses the lists and tables outside of code.
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

  /// Returns the number of scalars of a block.
  func scalarCount(of block: Block) -> Int {
    lines[block.lines.upperBound - 1].end - lines[block.lines.lowerBound].start
  }

  /// Returns the end of a part that starts at `start`, in the line `index`, and ends before a block; `nil` if the block
  /// starts the part.
  func end(before block: Block, from start: Int, in index: Int) -> Int? {
    guard block.lines.lowerBound > index else { return nil }
    let last = lines[index..<block.lines.lowerBound].last { !$0.isBlank }
    return last.flatMap { $0.end > start ? $0.end : nil }
  }

  /// Returns the first line after the table that starts at a line.
  private func endOfTable(from start: Int) -> Int {
    var end = start + Block.headLines
    while end < lines.count, isRow(end) { end += 1 }
    return end
  }

  /// Returns the first line after the list that starts at a line. Blank lines belong to it if the list continues after
  /// them.
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

  /// Returns a line without the markers of quotes.
  func content(of index: Int) -> ArraySlice<Unicode.Scalar> { scalars[lines[index].content..<lines[index].end] }
}
