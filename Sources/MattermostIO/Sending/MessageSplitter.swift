/// Splits a long message into posts that read as one.
///
/// A part never exceeds the limit and never ends inside a grapheme cluster. It ends between paragraphs if it can, else
/// between lines, sentences or words. A list or a table that fits into a part is not cut; the parts of one that does not
/// end between lines, and each of a table's begins with its head. A link, a code span or bold text that fits into a part is
/// not cut. A code fence that is open where a part ends is closed there and opened again in the next, with its language and
/// the mark of its quote; so is code or bold text that is too long. Indentation is kept, but for that of list items whose
/// beginning is in an earlier part. No part is empty or only white space.
package struct MessageSplitter: Sendable {
  /// How many Unicode scalars a part may have; Mattermost counts those, not bytes.
  package let scalarsMax: Int

  /// Splits at so many Unicode scalars, at least one.
  package init(scalarsMax: Int) {
    self.scalarsMax = max(scalarsMax, 1)
  }

  /// The parts, in order; none for a message that is only white space.
  package func split(_ text: String) -> [String] {
    pieces(of: MarkdownText(text, scalarsMax: scalarsMax)).map(\.text)
  }

  /// At most so many parts, and what does not fit into them, as a text of its own. The last of so many parts is left to
  /// whoever says where the rest is.
  package func split(_ text: String, partsMax: Int) -> (parts: [String], rest: String?) {
    let text = MarkdownText(text, scalarsMax: scalarsMax)
    let pieces = pieces(of: text)
    guard pieces.count > partsMax else { return (pieces.map(\.text), nil) }
    let kept = max(partsMax - 1, 0)
    let rest = pieces[kept].opening + text.scalars[pieces[kept].range.lowerBound...]
    return (pieces[..<kept].map(\.text), String(String.UnicodeScalarView(rest)))
  }

  /// A text with the fence closed that is open at its end, so that something else can stand below it.
  package static func closingFence(of text: String) -> String {
    let split = MarkdownText(text, scalarsMax: .max)
    guard let open = split.lines.last?.fenceAfter else { return text }
    return text + "\n" + String(String.UnicodeScalarView(split.fences[open].closing(without: 0)))
  }

  /// A part, as a stretch of the message and what stands around it.
  struct Piece {
    var range: Range<Int>
    /// What it begins with that is not of the stretch.
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

  /// Where a part ends, what closes it, and where the next begins.
  private struct Cut {
    var position: Int
    var closing: [Unicode.Scalar] = []
    /// Whether a code fence is open there, in which white space counts.
    var isInCode = false
    var next: Int
  }

  private func cut(_ text: MarkdownText, from start: Int, in line: Int, budget: Int) -> Cut {
    if text.count - start <= budget { return Cut(position: text.count, next: text.count) }
    // Parts of less than half the limit, for the sake of a better place, would make many of few.
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
      guard candidate > start, let place = text.place(after: index) else { continue }
      let closing = text.lines[index].fenceAfter.map { text.fences[$0].closingCost } ?? text.markersMax
      guard candidate - start + closing <= budget else { continue }
      guard text.wholeSpan(around: candidate) == nil, !text.isInMarker(candidate) else { continue }
      if place == .paragraph { betweenParagraphs = candidate }
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
    // A grapheme cluster longer than a part, or a line of nothing but a fence.
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

  /// The best place inside the last line that the window reaches into.
  private func insideLine(
    _ text: MarkdownText, window: ArraySlice<MarkdownText.Line>, from start: Int, half: Int, budget: Int
  ) -> Int? {
    for index in window.indices.reversed() {
      let line = text.lines[index]
      guard line.role == .prose || line.role == .code else { continue }
      let from = max(start, line.start)
      let closing = line.fenceInside.map { text.fences[$0].closingCost } ?? text.markersMax
      var last = min(line.end, start + budget - closing)
      if last == line.end, text.place(after: index) == nil { last -= 1 }
      guard last > from else { continue }
      let place = text.breakPlace(from: from, half: half, to: last, isProse: line.role == .prose)
      if let place { return place }
    }
    return nil
  }
}
