extension RulesReader {
  /// Where a part of a scalar's text stands in the file; the whole scalar where that cannot be told from its columns:
  /// in blocks, over several lines, with escapes, or with variables put in.
  func span(of range: Range<String.Index>, of text: String, in node: ConfigNode) -> SourceSpan {
    guard let columns = columns(of: node, text: text) else { return node.span }
    let scalars = text.unicodeScalars
    let lower = columns[scalars.distance(from: scalars.startIndex, to: range.lowerBound)]
    let upper = columns[scalars.distance(from: scalars.startIndex, to: range.upperBound)]
    let line = node.span.start.line
    return SourceSpan(
      start: SourcePosition(line: line, column: lower), end: SourcePosition(line: line, column: max(upper, lower + 1)))
  }

  /// Where a byte of a scalar's text stands in the file.
  func span(ofByte offset: Int?, of text: String, in node: ConfigNode) -> SourceSpan {
    guard let offset, offset >= 0, offset <= text.utf8.count else { return node.span }
    let index = text.utf8.index(text.startIndex, offsetBy: offset)
    let start = String.Index(index, within: text.unicodeScalars) ?? text.endIndex
    let end = start < text.endIndex ? text.unicodeScalars.index(after: start) : start
    return span(of: start..<end, of: text, in: node)
  }

  /// The column of each Unicode scalar of the text, and of its end.
  private func columns(of node: ConfigNode, text: String) -> [Int]? {
    guard case .scalar(_, let style) = node.value, style != .block, node.span.start.line == node.span.end.line else {
      return nil
    }
    let line = source.line(node.span.start.line).unicodeScalars
    let start = node.span.start.column
    let raw = Array(line.dropFirst(start - 1).prefix(node.span.end.column - start))
    let inner = style == .plain ? raw[...] : raw.dropFirst().dropLast()
    var columns: [Int] = []
    var index = inner.startIndex
    for scalar in text.unicodeScalars {
      guard index < inner.endIndex, inner[index] == scalar else { return nil }
      columns.append(start + index)
      // A quote inside of single quotes is written twice.
      index += style == .singleQuoted && scalar == "'" ? 2 : 1
    }
    guard index == inner.endIndex else { return nil }
    columns.append(start + index)
    return columns
  }
}
