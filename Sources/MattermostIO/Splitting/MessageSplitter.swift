/// Splits a long reply into posts that render like the whole.
///
/// - A part never exceeds the limit, never ends inside a grapheme cluster, and is never blank.
/// - It ends between paragraphs if possible, or else between lines, sentences or words.
/// - A list, a table, a link, a code span or bold text that fits into a part is not split. A longer list or table is
///   split between lines, and each part of a table starts with its header.
/// - A code fence that is open at the end of a part is closed there and reopened in the next, with its language and
///   quote markers. Code spans and bold text that are too long are closed and reopened likewise.
/// - Indentation is kept, except that of list items which start in an earlier part.
package struct MessageSplitter: Sendable {
  /// The number of Unicode scalars that a part may have. Mattermost counts those, not bytes.
  package let scalarsMax: Int

  /// Creates a splitter; a limit below 1 counts as 1.
  package init(scalarsMax: Int) {
    self.scalarsMax = max(scalarsMax, 1)
  }

  /// Returns the parts in order; none for a blank text.
  package func split(_ text: String) -> [String] {
    pieces(of: MarkdownText(text, scalarsMax: scalarsMax)).map(\.text)
  }

  /// Returns the whole text in at most `partsMax` parts and `nil`; or `partsMax - 1` parts and the rest of the text, so
  /// that the caller can add a part that refers to the rest.
  package func split(_ text: String, partsMax: Int) -> (parts: [String], rest: String?) {
    let text = MarkdownText(text, scalarsMax: scalarsMax)
    let pieces = pieces(of: text)
    guard pieces.count > partsMax else { return (pieces.map(\.text), nil) }
    let kept = max(partsMax - 1, 0)
    let rest = pieces[kept].opening + text.scalars[pieces[kept].range.lowerBound...]
    return (pieces[..<kept].map(\.text), String(String.UnicodeScalarView(rest)))
  }

  /// Returns a text with the code fence closed that is open at its end, so that other text can be appended.
  package static func closingFence(of text: String) -> String {
    let split = MarkdownText(text, scalarsMax: .max)
    guard let open = split.lines.last?.fenceAfter else { return text }
    return text + "\n" + String(String.UnicodeScalarView(split.fences[open].closing(without: 0)))
  }

  /// A part.
  struct Piece {
    /// The range of the message that it shows.
    var range: Range<Int>
    /// The scalars at its start that are not of the range.
    var opening: [Unicode.Scalar]
    var text: String
  }

  func pieces(of text: MarkdownText) -> [Piece] {
    var pieces: [Piece] = []
    var position = 0
    var line = 0
    while position < text.count {
      line = text.line(at: position, from: line)
      let (opening, start) = text.opening(at: position, in: line)
      let cut = cut(text, from: start, in: line, budget: scalarsMax - opening.count)
      let end = cut.isInCode ? cut.position : text.trimmedEnd(from: start, to: cut.position)
      if !text.isBlank(start..<end) {
        let scalars = opening + text.body(start..<end, from: line) + cut.closing
        pieces.append(Piece(range: start..<end, opening: opening, text: String(String.UnicodeScalarView(scalars))))
      }
      position = cut.next
    }
    return pieces
  }

  /// The end of a part.
  private struct Cut {
    var position: Int
    /// The scalars that close open fences and spans.
    var closing: [Unicode.Scalar] = []
    /// True if a code fence is open, in which white space is significant.
    var isInCode = false
    /// The start of the next part.
    var next: Int
  }

  private func cut(_ text: MarkdownText, from start: Int, in line: Int, budget: Int) -> Cut {
    if text.count - start <= budget { return Cut(position: text.count, next: text.count) }
    // A better position is not worth a part of less than half the limit, which would increase their number.
    let half = start + budget / 2
    let window = text.lines[line...].prefix { $0.start - start <= budget }
    let crossing = window.last.map { $0.end - start > budget } == true ? window.endIndex - 1 : window.endIndex
    let block = text.lines[crossing...].first?.block.map { text.blocks[$0] }
    if let block, let end = text.end(before: block, from: start, in: line), text.scalarCount(of: block) <= scalarsMax {
      return cut(text, at: end, from: start, in: line)
    }

    var betweenParagraphs = start
    var betweenLines = start
    for index in window.indices {
      let candidate = text.lines[index].end
      guard candidate > start, let separation = text.separation(after: index) else { continue }
      let closing = text.lines[index].fenceAfter.map { text.fences[$0].closingCost } ?? text.markersMax
      guard candidate - start + closing <= budget else { continue }
      guard text.wholeSpan(around: candidate) == nil, !text.isInMarker(candidate) else { continue }
      if separation == .paragraph { betweenParagraphs = candidate }
      betweenLines = candidate
    }
    if betweenParagraphs > half { return cut(text, at: betweenParagraphs, from: start, in: line) }
    if betweenLines > half || block?.isTable == true && betweenLines > start {
      return cut(text, at: betweenLines, from: start, in: line)
    }
    if let inside = insideLine(text, window: window, from: start, half: half, budget: budget) {
      return cut(text, at: max(inside, betweenLines), from: start, in: line)
    }
    if betweenLines > start { return cut(text, at: betweenLines, from: start, in: line) }
    // A grapheme cluster longer than a part, or a line that is only a fence.
    let closing = text.fence(in: line)?.closingCost ?? text.markersMax
    return cut(text, at: min(start + max(budget - closing, 1), text.lines[line].end), from: start, in: line)
  }

  private func cut(_ text: MarkdownText, at position: Int, from start: Int, in line: Int) -> Cut {
    let index = text.line(endingAtOrAfter: position, from: line)
    let last = text.lines[index]
    guard let fence = position == last.end ? last.fenceAfter : last.fenceInside else {
      return Cut(
        position: position, closing: text.closingMarkers(at: position), next: text.afterBreak(at: position))
    }
    let columns = text.columns(at: index, from: start, in: line)
    return Cut(
      position: position, closing: ["\n"] + text.fences[fence].closing(without: columns), isInCode: true,
      next: position == last.end ? last.next : position)
  }

  /// Returns the best position inside the last line of the window.
  private func insideLine(
    _ text: MarkdownText, window: ArraySlice<MarkdownText.Line>, from start: Int, half: Int, budget: Int
  ) -> Int? {
    for index in window.indices.reversed() {
      let line = text.lines[index]
      guard line.role == .prose || line.role == .code else { continue }
      let from = max(start, line.start)
      let closing = line.fenceInside.map { text.fences[$0].closingCost } ?? text.markersMax
      var last = min(line.end, start + budget - closing)
      if last == line.end, text.separation(after: index) == nil { last -= 1 }
      guard last > from else { continue }
      let position = text.breakPosition(from: from, half: half, to: last, isProse: line.role == .prose)
      if let position { return position }
    }
    return nil
  }
}
