/// Splits a long message into posts that read as one.
///
/// A part never exceeds the limit and never ends inside a grapheme cluster. It ends between paragraphs if it can, else
/// between lines, sentences or words. A list or a table that fits into a part is not cut; the parts of one that does not
/// end between lines, and each of a table's begins with its head. A code fence that is open where a part ends is closed
/// there and opened again, with its language, in the next. Indentation is kept. No part is empty or only white space.
public struct MessageSplitter: Sendable {
  /// How many Unicode scalars a part may have; Mattermost counts those, not bytes.
  public let scalarsMax: Int

  /// Splits at so many Unicode scalars, at least one.
  public init(scalarsMax: Int) {
    self.scalarsMax = max(scalarsMax, 1)
  }

  /// The parts, in order; none for a message that is only white space.
  public func split(_ text: String) -> [String] {
    pieces(of: SplitText(text, fenceScalarsMax: scalarsMax / 2)).map(\.text)
  }

  /// At most so many parts, and what does not fit into them, as a text of its own. The last of so many parts is left to
  /// whoever says where the rest is.
  public func split(_ text: String, partsMax: Int) -> (parts: [String], rest: String?) {
    let text = SplitText(text, fenceScalarsMax: scalarsMax / 2)
    let pieces = pieces(of: text)
    guard pieces.count > partsMax else { return (pieces.map(\.text), nil) }
    let kept = max(partsMax - 1, 0)
    let rest = pieces[kept].opening + text.scalars[pieces[kept].range.lowerBound...]
    return (pieces[..<kept].map(\.text), String(String.UnicodeScalarView(rest)))
  }

  /// A text with the fence closed that is open at its end, so that something else can stand below it.
  public static func closingFence(of text: String) -> String {
    let split = SplitText(text, fenceScalarsMax: .max)
    guard let open = split.lines.last?.fenceAfter else { return text }
    return text + "\n" + String(String.UnicodeScalarView(split.fences[open].closing))
  }

  /// A part, as a stretch of the message and what stands around it.
  struct Piece {
    var range: Range<Int>
    /// What it begins with that is not of the stretch.
    var opening: [Unicode.Scalar]
    var text: String
  }

  func pieces(of text: SplitText) -> [Piece] {
    var pieces: [Piece] = []
    var position = 0
    var line = 0
    while position < text.count {
      line = text.line(at: position, from: line)
      let opening = text.opening(at: position, in: line).map { $0 + ["\n"] } ?? []
      let cut = cut(text, from: position, in: line, budget: scalarsMax - opening.count)
      let end = cut.closing == nil ? text.trimmedEnd(from: position, to: cut.position) : cut.position
      if !text.isBlank(position..<end) {
        let closing = cut.closing.map { ["\n"] + $0.closing } ?? []
        let scalars = opening + text.scalars[position..<end] + closing
        pieces.append(Piece(range: position..<end, opening: opening, text: String(String.UnicodeScalarView(scalars))))
      }
      position = cut.next
    }
    return pieces
  }

  /// Where a part ends, what closes it, and where the next begins.
  private struct Cut {
    var position: Int
    var closing: SplitText.Fence?
    var next: Int
  }

  private func cut(_ text: SplitText, from start: Int, in line: Int, budget: Int) -> Cut {
    if text.count - start <= budget { return Cut(position: text.count, closing: nil, next: text.count) }
    // Parts of less than half the limit, for the sake of a better place, would make many of few.
    let half = start + budget / 2
    let window = text.lines[line...].prefix { $0.start - start <= budget }
    let crossing = window.last.map { $0.end - start > budget } == true ? window.endIndex - 1 : window.endIndex
    let block = text.lines[crossing...].first?.block.map { text.blocks[$0] }
    if let block, let end = text.end(before: block, from: start, in: line), text.scalarCount(of: block) <= scalarsMax {
      return cut(text, at: end, from: line)
    }

    var betweenParagraphs = start
    var betweenLines = start
    for index in window.indices {
      let candidate = text.lines[index].end
      guard candidate > start, let place = text.place(after: index) else { continue }
      let closing = text.lines[index].fenceAfter.map { text.fences[$0].closingCost } ?? 0
      guard candidate - start + closing <= budget else { continue }
      if place == .paragraph { betweenParagraphs = candidate }
      betweenLines = candidate
    }
    if betweenParagraphs > half { return cut(text, at: betweenParagraphs, from: line) }
    if betweenLines > half || block?.isTable == true && betweenLines > start {
      return cut(text, at: betweenLines, from: line)
    }
    if let inside = insideLine(text, window: window, from: start, half: half, budget: budget) {
      return cut(text, at: max(inside, betweenLines), from: line)
    }
    if betweenLines > start { return cut(text, at: betweenLines, from: line) }
    // A grapheme cluster longer than a part, or a line of nothing but a fence.
    let closing = text.fence(in: line)?.closingCost ?? 0
    return cut(text, at: min(start + max(budget - closing, 1), text.lines[line].end), from: line)
  }

  private func cut(_ text: SplitText, at position: Int, from line: Int) -> Cut {
    let index = text.line(endingAtOrAfter: position, from: line)
    let line = text.lines[index]
    guard let fence = position == line.end ? line.fenceAfter : line.fenceInside else {
      return Cut(position: position, closing: nil, next: text.afterBreak(at: position))
    }
    return Cut(
      position: position, closing: text.fences[fence], next: position == line.end ? line.next : position)
  }

  /// The best place inside the last line that the window reaches into: behind a sentence, else behind a word, else
  /// behind a grapheme cluster.
  private func insideLine(
    _ text: SplitText, window: ArraySlice<SplitText.Line>, from start: Int, half: Int, budget: Int
  ) -> Int? {
    for index in window.indices.reversed() {
      let line = text.lines[index]
      guard line.role == .prose || line.role == .code else { continue }
      let from = max(start, line.start)
      var last = min(line.end, start + budget - (line.fenceInside.map { text.fences[$0].closingCost } ?? 0))
      if last == line.end, text.place(after: index) == nil { last -= 1 }
      while last > from, !text.isBoundary(last) { last -= 1 }
      guard last > from else { continue }
      let breaks = text.breaks(in: min(max(from, half), last)..<last)
      return (line.role == .prose ? breaks.sentence : nil) ?? breaks.word ?? last
    }
    return nil
  }
}
