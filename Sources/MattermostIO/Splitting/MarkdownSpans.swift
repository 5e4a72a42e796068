extension MarkdownText {
  /// A link, an address, a code span, or emphasized text.
  struct Span {
    var range: Range<Int>
    /// The range between its markers.
    var inner: Range<Int>
    /// The marker that closes it at the end of a part and reopens it in the next; `nil` if it has none.
    var marker: [Unicode.Scalar]?
    /// The innermost span around it.
    var parent: Int?
    var depth = 0
    /// True if it fits into a part, and so is not split.
    var isWhole = false

    /// The nesting beyond which spans are ignored.
    static let depthMax = 8
  }

  /// Parses the spans of all paragraphs.
  mutating func readSpans() {
    var found: [Span] = []
    for paragraph in paragraphs {
      var scanner = InlineScanner(scalars, paragraph)
      found += scanner.scan()
    }
    found.sort { ($0.range.lowerBound, -$0.range.upperBound) < ($1.range.lowerBound, -$1.range.upperBound) }
    var open: [Int] = []
    var line = 0
    for var span in found {
      while let last = open.last, spans[last].range.upperBound <= span.range.lowerBound { open.removeLast() }
      guard open.count < Span.depthMax else { continue }
      if let last = open.last, spans[last].range.upperBound < span.range.upperBound { continue }
      line = self.line(at: span.range.lowerBound, from: line)
      span.parent = open.last
      span.depth = open.count
      let repeated =
        2 * open.reduce(0) { $0 + (spans[$1].marker?.count ?? 0) } + lines[line].content - lines[line].start
      span.isWhole = span.range.count + repeated <= scalarsMax
      open.append(spans.count)
      spans.append(span)
    }
    markersMax = spans.reduce(0) { most, span in
      span.isWhole ? most : max(most, markers(at: span.inner.lowerBound + 1).count)
    }
  }

  /// Returns the outermost span around a position that fits into a part.
  func wholeSpan(around position: Int) -> Span? { spans(around: position).last(where: \.isWhole) }

  /// Returns whether a position is inside a marker, where no part may end.
  func isInMarker(_ position: Int) -> Bool {
    spans(around: position).contains {
      $0.marker != nil && !($0.inner.lowerBound + 1..<$0.inner.upperBound ~= position)
    }
  }

  /// Returns the markers that reopen the spans around a position, the outermost first.
  func markers(at position: Int) -> [Unicode.Scalar] { openSpans(at: position).flatMap { $0.marker ?? [] } }

  /// Returns the markers that close the spans around a position, the innermost first.
  func closingMarkers(at position: Int) -> [Unicode.Scalar] {
    openSpans(at: position).reversed().flatMap { $0.marker ?? [] }
  }

  private func openSpans(at position: Int) -> [Span] {
    let around = spans(around: position)
    guard !around.contains(where: \.isWhole) else { return [] }
    let open = around.reversed().filter {
      $0.marker != nil && $0.inner.lowerBound < position && position < $0.inner.upperBound
    }
    return open.reduce(0) { $0 + ($1.marker?.count ?? 0) } <= repeatedScalarsMax / 2 ? open : []
  }

  /// Returns the spans around a position, the innermost first.
  private func spans(around position: Int) -> [Span] {
    var (low, high) = (0, spans.count)
    while low < high {
      let middle = (low + high) / 2
      if spans[middle].range.lowerBound < position { low = middle + 1 } else { high = middle }
    }
    var around: [Span] = []
    var index = low > 0 ? low - 1 : nil
    while let span = index.map({ spans[$0] }) {
      if span.range.upperBound > position { around.append(span) }
      index = span.parent
    }
    return around
  }

  /// The ranges in which markers match each other: consecutive lines without a list item, a table row, a heading or the
  /// edge of a quote between them.
  private var paragraphs: [Range<Int>] {
    var paragraphs: [Range<Int>] = []
    var last = -1
    for (index, line) in lines.enumerated() where line.role == .prose && !isBlank(line.content..<line.end) {
      let goesOn =
        last == index - 1 && index > 0 && lines[last].quoteDepth == line.quoteDepth && !standsAlone(last)
        && !standsAlone(index) && !isItem(index)
      if goesOn, let open = paragraphs.popLast() {
        paragraphs.append(open.lowerBound..<line.end)
      } else {
        paragraphs.append(line.content..<line.end)
      }
      last = index
    }
    return paragraphs
  }

  private func standsAlone(_ index: Int) -> Bool {
    lines[index].block.map { blocks[$0].isTable } == true || content(of: index).first == "#"
  }
}
