/// Breaks text into lines of a limited width, measured in terminal columns.
package enum TextWrapping {
  /// Returns the text in lines of at most `columns` columns; only a longer word exceeds them.
  ///
  /// Repeated spaces within a line stay: two texts that are compared may differ in nothing else.
  package static func wrapped(_ text: String, columns: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      if !line.isEmpty, line.columns + 1 + word.columns > columns {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    return lines + (line.isEmpty ? [] : [line])
  }

  /// Returns the text, or as much of it as fits before a `…`.
  package static func cut(_ text: String, _ columns: Int) -> String {
    guard text.columns > columns else { return text }
    var kept = ""
    for character in text {
      guard kept.columns + String(character).columns < columns else { break }
      kept.append(character)
    }
    return kept + "…"
  }

  /// Returns the texts in at most `linesMax` lines of at most `columns` columns; what does not fit ends in `…`.
  package static func lines(_ texts: [String], columns: Int, linesMax: Int) -> [String] {
    var lines = texts.flatMap { wrapped($0, columns: columns).map { cut($0, columns) } }
    guard lines.count > linesMax else { return lines }
    lines.removeLast(lines.count - linesMax)
    lines[linesMax - 1] = cut(lines[linesMax - 1] + " …", columns)
    return lines
  }
}
