extension String {
  /// The text as one word of a shell's command line, for a command that a person copies: in quotes unless it has none
  /// but harmless characters. What a terminal cannot print is escaped.
  package var shellWord: String {
    let text = printable
    if text.wholeMatch(of: /[A-Za-z0-9_.\/:@%+,=-]+/) != nil { return text }
    return "'" + text.replacing("'", with: "'\\''") + "'"
  }
}
