/// Breaks texts into lines for a column of a picture.
package enum TextWrapping {
  /// The texts in lines of at most so many columns, at most so many lines; what does not fit ends in `…`.
  static func lines(_ texts: [String], columns: Int, linesMax: Int) -> [String] {
    var lines = texts.flatMap { wrapped($0, columns: columns).map { cut($0, columns) } }
    guard lines.count > linesMax else { return lines }
    lines.removeLast(lines.count - linesMax)
    lines[linesMax - 1] = cut(lines[linesMax - 1] + " …", columns)
    return lines
  }

  /// The text, or as much of it as fits before a `…`.
  static func cut(_ text: String, _ columns: Int) -> String {
    guard width(text) > columns else { return text }
    var kept = ""
    for character in text {
      guard width(kept) + width(String(character)) < columns else { break }
      kept.append(character)
    }
    return kept + "…"
  }

  /// How many columns a text takes where letters are of equal width.
  static func width(_ text: String) -> Int { text.unicodeScalars.reduce(0) { $0 + $1.columns } }

  /// The text in lines of at most so many columns, where no word is longer. Several spaces in a line stay: two texts that
  /// are shown beside each other may differ in nothing else.
  package static func wrapped(_ text: String, columns: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      if !line.isEmpty, width(line) + 1 + width(String(word)) > columns {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    return lines + (line.isEmpty ? [] : [line])
  }
}
