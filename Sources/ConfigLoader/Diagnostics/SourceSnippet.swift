/// A source line as it is shown: tabs as spaces, control characters as escapes, secrets as stars, a window of a long one.
struct SourceSnippet {
  let number: Int
  private let letters: [Unicode.Scalar]
  /// The stretches of the line that hold a secret.
  private let secrets: [Range<Int>]

  init(_ number: Int, of source: SourceText) {
    self.number = number
    letters = Array(source.line(number).unicodeScalars)
    secrets =
      SecretScanner.stretches(of: letters)
      + source.masked.compactMap { [letters] span in
        guard span.start.line <= number, number <= span.end.line else { return nil }
        let start = span.start.line == number ? span.start.column - 1 : 0
        let end = span.end.line == number ? span.end.column - 1 : letters.count
        return start..<max(start, end)
      }
  }

  /// The line, and `^~~~` below the part of the span that stands on it.
  func picture(underlining span: SourceSpan) -> (line: String, underline: String) {
    let start = min(max(span.start.column - 1, 0), letters.count)
    var end = span.end.line == number ? min(max(span.end.column - 1, start), letters.count) : letters.count
    while end > start + 1, span.end.line != number, letters[end - 1] == " " { end -= 1 }

    let (cells, spot) = cells(around: start)
    let window = window(of: cells, showing: spot, isWhole: cells.count == letters.count)
    let first = start - spot + window.lowerBound
    let left = first > 0 ? "…" : ""
    let right = first + window.count < letters.count ? "…" : ""
    let before = columns(cells[window.lowerBound..<spot]) + left.count
    let shownEnd = min(spot + end - start, window.upperBound)
    let width = max(1, columns(cells[spot..<max(spot, shownEnd)]))
    return (
      left + cells[window].map(\.text).joined() + right,
      String(repeating: " ", count: before) + "^" + String(repeating: "~", count: width - 1)
    )
  }

  private struct Cell {
    var text: String
    var columns: Int
  }

  /// What a terminal shows for each letter as far as it could be seen, and which of them is the spot.
  private func cells(around spot: Int) -> (cells: [Cell], spot: Int) {
    // Twice the width leaves room for letters that take no column.
    let reach = 2 * Limits.shownColumnsMax
    let range = max(0, spot - reach)..<min(letters.count, spot + reach)
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
    return (cells, spot - range.lowerBound)
  }

  private func tab(at column: Int) -> Cell {
    let columns = Limits.tabColumns - column % Limits.tabColumns
    return Cell(text: String(repeating: " ", count: columns), columns: columns)
  }

  private func cell(_ letter: Unicode.Scalar) -> Cell {
    let text = letter.printable
    let isEscape = text.unicodeScalars.count > 1
    return Cell(text: text, columns: isEscape ? text.unicodeScalars.count : letter.columns)
  }

  /// The cells that fit the width, with what stands around the spot.
  private func window(of cells: [Cell], showing spot: Int, isWhole: Bool) -> Range<Int> {
    let room = Limits.shownColumnsMax
    if isWhole, columns(cells[...]) <= room { return cells.indices }
    var lower = spot
    var used = 0
    while lower > 0, used + cells[lower - 1].columns <= room / 3 {
      lower -= 1
      used += cells[lower].columns
    }
    var upper = spot
    while upper < cells.count, used + cells[upper].columns <= room - 2 {
      used += cells[upper].columns
      upper += 1
    }
    return lower..<upper
  }

  private func columns(_ cells: ArraySlice<Cell>) -> Int {
    cells.reduce(0) { $0 + $1.columns }
  }
}
