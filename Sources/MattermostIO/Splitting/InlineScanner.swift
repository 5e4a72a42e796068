/// Parses the spans of a paragraph in linear time. It follows CommonMark 0.31, section 6, except that only markers of
/// equal length match, and that there are no reference links.
struct InlineScanner {
  private let scalars: [Unicode.Scalar]
  private let range: Range<Int>
  private var spans: [MarkdownText.Span] = []
  /// The markers that are open, the innermost last.
  private var open: [Opener] = []
  /// The brackets that are open, each with the number of open markers before it.
  private var brackets: [(start: Int, markers: Int)] = []
  /// The number of open markers of each kind.
  private var openCounts: [Marker: Int] = [:]
  /// The positions of runs of backticks by length, the last one first.
  private var backticks: [Int: [Int]] = [:]

  /// The number of scalars that the size of an image may have. Without a limit, every search could reach the end of the
  /// paragraph.
  private static let sizeScalarsMax = 16

  private struct Opener {
    var marker: Marker
    var start: Int
  }

  private struct Marker: Hashable {
    var scalar: Unicode.Scalar
    var count: Int
  }

  init(_ scalars: [Unicode.Scalar], _ range: Range<Int>) {
    self.scalars = scalars
    self.range = range
  }

  /// Returns the spans. Two of them are nested or disjoint.
  mutating func scan() -> [MarkdownText.Span] {
    findBackticks()
    var index = range.lowerBound
    while index < range.upperBound {
      switch scalars[index] {
      case "\\": index += 2
      case "`": index = code(at: index)
      case "[":
        let isImage = index > range.lowerBound && scalars[index - 1] == "!"
        brackets.append((isImage ? index - 1 : index, open.count))
        index += 1
      case "]": index = closeBracket(at: index)
      case "*", "_", "~": index = emphasis(at: index)
      case "h": index = address(at: index)
      default: index += 1
      }
    }
    return spans
  }

  private mutating func findBackticks() {
    var index = range.lowerBound
    while index < range.upperBound {
      let length = runLength(at: index, of: "`")
      if length > 0 { backticks[length, default: []].append(index) }
      index += max(length, 1)
    }
    for length in backticks.keys { backticks[length]?.reverse() }
  }

  private mutating func code(at start: Int) -> Int {
    let length = runLength(at: start, of: "`")
    while let next = backticks[length]?.last, next <= start { backticks[length]?.removeLast() }
    guard let end = backticks[length]?.last else { return start + length }
    add(start..<end + length, markerLength: length)
    return end + length
  }

  private mutating func closeBracket(at index: Int) -> Int {
    guard let (start, markers) = brackets.popLast(), let end = linkEnd(from: index + 1) else { return index + 1 }
    // A marker inside the text of a link does not match one outside.
    close(from: markers)
    spans.append(MarkdownText.Span(range: start..<end, inner: start + 1..<index, marker: nil))
    return end
  }

  /// Returns the end of the destination and the title of a link, which start with a parenthesis.
  private func linkEnd(from start: Int) -> Int? {
    guard start < range.upperBound, scalars[start] == "(" else { return nil }
    var depth = 0
    var index = start
    while index < range.upperBound {
      switch scalars[index] {
      case "(":
        depth += 1
        if depth > 3 { return nil }
      case ")":
        depth -= 1
        if depth == 0 { return index + 1 }
      case "\\": index += 1
      case " ", "\t": return titleEnd(from: index + 1)
      case "\n": return nil
      default: break
      }
      index += 1
    }
    return nil
  }

  private func titleEnd(from start: Int) -> Int? {
    guard start < range.upperBound, scalars[start] == "\"" || scalars[start] == "'" || scalars[start] == "=" else {
      return nil
    }
    let mark = scalars[start]
    let rest = scalars[start + 1..<range.upperBound]
    if mark == "=" {
      // Mattermost allows the size of an image, such as ` =200x100`, instead of a title.
      let end = rest.prefix(Self.sizeScalarsMax).prefix { "0123456789x*".unicodeScalars.contains($0) }.endIndex
      return end < range.upperBound && scalars[end] == ")" ? end + 1 : nil
    }
    guard let end = rest.firstIndex(where: { $0 == mark || $0 == "\n" }) else { return nil }
    return scalars[end] == mark && end + 1 < range.upperBound && scalars[end + 1] == ")" ? end + 2 : nil
  }

  private mutating func emphasis(at start: Int) -> Int {
    let scalar = scalars[start]
    let length = runLength(at: start, of: scalar)
    let end = start + length
    let marker = Marker(scalar: scalar, count: length)
    guard length <= 3, scalar != "~" || length == 2 else { return end }
    let before = start > range.lowerBound ? scalars[start - 1] : " "
    let after = end < range.upperBound ? scalars[end] : " "
    let isLeft = !after.isSpace && (!after.isMark || before.isSpace || before.isMark)
    let isRight = !before.isSpace && (!before.isMark || after.isSpace || after.isMark)
    let isWord = scalar == "_"
    if isRight, !isWord || !isLeft || after.isMark, openCounts[marker, default: 0] > 0,
      let opener = open.lastIndex(where: { $0.marker == marker })
    {
      let begin = open[opener].start
      close(from: opener)
      while let bracket = brackets.last, bracket.start > begin { brackets.removeLast() }
      add(begin..<end, markerLength: length)
    } else if isLeft, !isWord || !isRight || before.isMark {
      open.append(Opener(marker: marker, start: start))
      openCounts[marker, default: 0] += 1
    }
    return end
  }

  /// Parses a bare URL, up to white space or a character that URLs do not contain.
  private mutating func address(at start: Int) -> Int {
    let scheme = ["https://", "http://"].first { scalars[start..<range.upperBound].starts(with: $0.unicodeScalars) }
    guard let scheme else { return start + 1 }
    let rest = scalars[start + scheme.count..<range.upperBound]
    let end =
      rest.firstIndex { $0.isSpace || !$0.isASCII || "<>\"`)]*|".unicodeScalars.contains($0) } ?? range.upperBound
    let isBracketed =
      start > range.lowerBound && scalars[start - 1] == "<" && end < range.upperBound && scalars[end] == ">"
    let address = isBracketed ? start - 1..<end + 1 : start..<end
    spans.append(MarkdownText.Span(range: address, inner: address, marker: nil))
    return address.upperBound
  }

  private mutating func add(_ span: Range<Int>, markerLength: Int) {
    let inner = span.lowerBound + markerLength..<span.upperBound - markerLength
    let marker = Array(scalars[span.lowerBound..<inner.lowerBound])
    spans.append(MarkdownText.Span(range: span, inner: inner, marker: marker))
  }

  private mutating func close(from index: Int) {
    guard index < open.count else { return }
    for opener in open[index...] { openCounts[opener.marker, default: 1] -= 1 }
    open.removeSubrange(index...)
  }

  private func runLength(at index: Int, of scalar: Unicode.Scalar) -> Int {
    scalars[index..<range.upperBound].prefix { $0 == scalar }.count
  }
}

extension Unicode.Scalar {
  fileprivate var isSpace: Bool { properties.isWhitespace }

  /// True if it is a Unicode punctuation character (CommonMark 0.31, section 2.1), which delimits emphasis.
  fileprivate var isMark: Bool {
    switch properties.generalCategory {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
      .finalPunctuation, .otherPunctuation, .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol:
      true
    default: false
    }
  }
}
