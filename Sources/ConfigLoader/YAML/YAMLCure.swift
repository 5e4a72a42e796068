/// The likely cure for what libyaml cannot read, from what stands at the place.
enum YAMLCure {
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
