/// The likely cure for what libyaml cannot read, from what stands at the place.
enum YAMLErrorRemedy {
  static func cure(for reason: String, at place: SourcePosition, in source: SourceText) -> String? {
    if reason.contains("unknown escape character") || reason.contains("hexdecimal") {
      return #"write regular expressions in single quotes, where a `\` is only itself"#
    }
    if reason.contains("control characters") {
      return #"take the character out, or write it as an escape in double quotes, like "\u0007""#
    }
    let line = source.line(place.line)
    let rest = line.unicodeScalars.dropFirst(place.column - 1)
    if line.prefix(while: \.isWhitespace).contains("\t") { return "indent with spaces; YAML takes no tabs there" }
    let above = source.line(place.line - 1)
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
      let mark = line.unicodeScalars.prefix(place.column - 1).last(where: { $0 != " " }), mark == "]" || mark == "}"
    {
      return "put quotes around a value that begins with `\(mark == "]" ? "[" : "{")`"
    }
    if line.contains("${"), line.contains("{ ") || line.contains("[") {
      return "inside [ ] and { }, put quotes around a value that holds ${…}"
    }
    // Before the marks, because what is never closed is noticed at whatever follows it.
    for (end, start) in [("}", "{"), ("]", "[")] where reason.contains("expected ',' or '\(end)'") {
      return "close the `\(start)`, and put a `,` after each entry; a `#` begins a comment"
    }
    let marks: Set<Unicode.Scalar> = ["@", "`", "%", "*", "&", "!", "|", ">", "#"]
    // An alias or an anchor without a name is reported one place behind its mark.
    let before = line.unicodeScalars.dropFirst(max(0, place.column - 2)).first
    if let mark = [rest.first, before].compactMap({ $0 }).first(where: marks.contains) {
      return "put quotes around a value that begins with `\(mark)`"
    }
    if reason.contains("mapping values are not allowed") {
      return "put quotes around a value that holds `: `, or check the indentation"
    }
    // libyaml names what it would have taken, not what stands there: each of the two comes of either mistake.
    if reason.contains("did not find expected key") || reason.contains("expected '-' indicator") {
      return "check the indentation: the keys of one map, and each `-` of one list, begin in one column"
    }
    if reason.contains("could not find expected ':'") {
      return "check the indentation, and that every key is followed by `: `"
    }
    if reason.contains("unexpected end of stream") { return "a quote is opened and never closed" }
    return nil
  }
}
