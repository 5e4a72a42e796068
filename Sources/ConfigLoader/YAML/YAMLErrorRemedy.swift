/// The likely remedy for an error of libyaml, from the text at its position.
enum YAMLErrorRemedy {
  static func help(for reason: String, at position: SourcePosition, in source: SourceText) -> String? {
    if reason.contains("unknown escape character") || reason.contains("hexdecimal") {
      return #"write regular expressions in single quotes, where a `\` is only itself"#
    }
    if reason.contains("control characters") {
      return #"remove the character, or write it as an escape in double quotes, like "\u0007""#
    }
    let line = source.line(position.line)
    let rest = line.unicodeScalars.dropFirst(position.column - 1)
    if line.prefix(while: \.isWhitespace).contains("\t") { return "indent with spaces; YAML does not allow tabs there" }
    let above = source.line(position.line - 1)
    for written in [line, above] {
      let text = written.drop { $0 == " " }
      if text.hasPrefix("-"), let next = text.dropFirst().first, next.isLetter, written.contains(":") {
        return "put a space after the `-` that begins an item: `- \(text.dropFirst().prefix(20).printable)`"
      }
      if let found = written.firstRange(of: ": group: ") {
        let name = written[found.upperBound...].prefix { !" ,}]".contains($0) }
        return "write `group:\(name.printable)`, without a space"
      }
    }
    for written in [above, line] where reason.contains("expected ',' or") {
      guard let found = written.firstRange(of: " #"), written[found.upperBound...].first?.isLetter == true else {
        continue
      }
      let word = written[found.upperBound...].prefix { !" ,}]".contains($0) }
      return
        "a comment begins at `#\(word.printable)`: write `\(word.printable)` for a channel, or put quotes around a text"
    }
    if reason.contains("did not find expected key"), line.contains(": [") || line.contains(": {"),
      let mark = line.unicodeScalars.prefix(position.column - 1).last(where: { $0 != " " }), mark == "]" || mark == "}"
    {
      return "put quotes around a value that begins with `\(mark == "]" ? "[" : "{")`"
    }
    if line.contains("${"), line.contains("{ ") || line.contains("[") {
      return "inside [ ] and { }, put quotes around a value that contains ${…}"
    }
    // Before the indicators, because a missing bracket is noticed at the next value.
    for (end, start) in [("}", "{"), ("]", "[")] where reason.contains("expected ',' or '\(end)'") {
      return "close the `\(start)`, and put a `,` after each entry; a `#` begins a comment"
    }
    let marks: Set<Unicode.Scalar> = ["@", "`", "%", "*", "&", "!", "|", ">", "#"]
    // An alias or an anchor without a name is reported one column after its indicator.
    let before = line.unicodeScalars.dropFirst(max(0, position.column - 2)).first
    if let mark = [rest.first, before].compactMap({ $0 }).first(where: marks.contains) {
      return "put quotes around a value that begins with `\(mark)`"
    }
    if reason.contains("mapping values are not allowed") {
      return "put quotes around a value that contains `: `, or check the indentation"
    }
    // libyaml names the token that it expected: both mistakes lead to either error.
    if reason.contains("did not find expected key") || reason.contains("expected '-' indicator") {
      return "check the indentation: the keys of one map, and each `-` of one list, begin in one column"
    }
    if reason.contains("could not find expected ':'") {
      return "check the indentation, and that every key is followed by `: `"
    }
    if reason.contains("unexpected end of stream") { return "close the quote: it is open until the end of the file" }
    return nil
  }
}
