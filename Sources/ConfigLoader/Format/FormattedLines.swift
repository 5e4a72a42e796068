/// Lines of a file that is laid out, with the comments behind them.
struct FormattedLines {
  private struct Line {
    var indent: Int
    var text: String
    var comment: String?

    var isBlank: Bool { text.isEmpty && comment == nil }
    var columns: Int { indent + text.columns }
  }

  private var lines: [Line] = []
  /// Whether an empty line would become part of the text that stands last.
  private var isKeeping = false

  var isEmpty: Bool { lines.isEmpty }
  var count: Int { lines.count }

  mutating func add(_ text: String, indent: Int, comment: Comment? = nil) {
    lines.append(Line(indent: indent, text: text, comment: comment?.text))
    isKeeping = false
  }

  /// Adds an empty line; several would say no more than one.
  mutating func addBlank() {
    guard !isKeeping, lines.last?.isBlank == false else { return }
    lines.append(Line(indent: 0, text: ""))
  }

  /// Says that what was added last holds the empty lines below it.
  mutating func keepBlankLines() { isKeeping = true }

  mutating func append(_ other: FormattedLines) {
    guard !other.isEmpty else { return }
    lines += other.lines
    isKeeping = other.isKeeping
  }

  /// Adds lines with a dash before the first.
  mutating func append(_ other: FormattedLines, dashAt indent: Int) {
    var other = other
    other.lines[0].text = "- " + other.lines[0].text
    other.lines[0].indent = indent
    append(other)
  }

  /// The whole text. Comments behind lines of one indentation that follow each other begin in one column.
  var text: String {
    var text = ""
    var index = 0
    while index < lines.count {
      guard lines[index].comment != nil else {
        text += Self.shown(lines[index])
        index += 1
        continue
      }
      let end = lines[index...].firstIndex { $0.comment == nil || $0.indent != lines[index].indent } ?? lines.count
      let column = lines[index..<end].reduce(0) { max($0, $1.columns) } + 2
      for line in lines[index..<end] { text += Self.shown(line, commentAt: column) }
      index = end
    }
    return text
  }

  private static func shown(_ line: Line, commentAt column: Int = 0) -> String {
    let indent = line.isBlank ? "" : String(repeating: " ", count: line.indent)
    let comment = line.comment.map { String(repeating: " ", count: column - line.columns) + $0 } ?? ""
    return indent + line.text + comment + "\n"
  }
}
