/// A printable source line: tabs become spaces, control characters escapes, secrets stars, and long lines are cut.
struct SourceSnippet {
  let number: Int
  private let letters: [Unicode.Scalar]
  /// The parts of the line that are secret.
  private let secrets: [Range<Int>]

  init(_ number: Int, of source: SourceText) {
    self.number = number
    letters = Array(source.line(number).unicodeScalars)
    secrets =
      SecretScanner.ranges(in: letters)
      + source.masked.compactMap { [letters] span in
        guard span.start.line <= number, number <= span.end.line else { return nil }
        let start = span.start.line == number ? span.start.column - 1 : 0
        let end = span.end.line == number ? span.end.column - 1 : letters.count
        return start..<max(start, end)
      }
  }

  /// Returns the line, and `^~~~` under the part of the span that is on it.
  func picture(underlining span: SourceSpan) -> (line: String, underline: String) {
    let start = min(max(span.start.column - 1, 0), letters.count)
    var end = span.end.line == number ? min(max(span.end.column - 1, start), letters.count) : letters.count
    while end > start + 1, span.end.line != number, letters[end - 1] == " " { end -= 1 }

    let (cells, position) = cells(around: start)
    let window = window(of: cells, showing: position, isWhole: cells.count == letters.count)
    let first = start - position + window.lowerBound
    let left = first > 0 ? "…" : ""
    let right = first + window.count < letters.count ? "…" : ""
    let before = columns(cells[window.lowerBound..<position]) + left.count
    let shownEnd = min(position + end - start, window.upperBound)
    let width = max(1, columns(cells[position..<max(position, shownEnd)]))
    return (
      left + cells[window].map(\.text).joined() + right,
      String(repeating: " ", count: before) + "^" + String(repeating: "~", count: width - 1)
    )
  }

  private struct Cell {
    var text: String
    var columns: Int
  }

  /// Returns the cells around a position, as far as they could be visible, and the index of the position among them.
  private func cells(around position: Int) -> (cells: [Cell], position: Int) {
    // Twice the width, for letters without a column.
    let reach = 2 * Limits.shownColumnsMax
    let range = max(0, position - reach)..<min(letters.count, position + reach)
    let hidden = secrets.filter { $0.overlaps(range) }
    var cells: [Cell] = []
    var column = 0
    for index in range {
      let cell =
        if hidden.contains(where: { $0.contains(index) }) {
          Cell(text: "*", columns: 1)
        } else if letters[index] == "\t" {
          tab(at: column)
        } else {
          cell(letters[index])
        }
      cells.append(cell)
      column += cell.columns
    }
    return (cells, position - range.lowerBound)
  }

  private func tab(at column: Int) -> Cell {
    let columns = Limits.tabColumns - column % Limits.tabColumns
    return Cell(text: String(repeating: " ", count: columns), columns: columns)
  }

  private func cell(_ letter: Unicode.Scalar) -> Cell {
    let text = String(letter).printable
    let isEscape = text.unicodeScalars.count > 1
    return Cell(text: text, columns: isEscape ? text.unicodeScalars.count : letter.columns)
  }

  /// Returns the cells around a position that fit the width.
  private func window(of cells: [Cell], showing position: Int, isWhole: Bool) -> Range<Int> {
    let width = Limits.shownColumnsMax
    if isWhole, columns(cells[...]) <= width { return cells.indices }
    var lower = position
    var used = 0
    while lower > 0, used + cells[lower - 1].columns <= width / 3 {
      lower -= 1
      used += cells[lower].columns
    }
    var upper = position
    while upper < cells.count, used + cells[upper].columns <= width - 2 {
      used += cells[upper].columns
      upper += 1
    }
    return lower..<upper
  }

  private func columns(_ cells: ArraySlice<Cell>) -> Int {
    cells.reduce(0) { $0 + $1.columns }
  }
}
