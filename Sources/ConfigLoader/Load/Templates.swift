import RuleEngine

extension Values {
  private static let templateText = text(as: .template)

  /// A text with placeholders, like `{{args}}`.
  static let template: ValueReader<Template> = ValueReader(type: .template) { node, key, reader in
    guard let text = reader.read(templateText, node, key) else { return nil }
    reader.warnOfComment(behind: node)
    return reader.template(text, in: node)
  }

  /// A template that is compared with another, without filling its placeholders.
  static let writtenTemplate = template.map(\.written)
}

extension RulesReader {
  /// Warns of a comment after a plain text whose `#` looks like the beginning of a tag.
  fileprivate mutating func warnOfComment(behind node: ConfigNode) {
    guard case .scalar(let text, .plain) = node.value,
      source.byteCount(ofLine: node.span.end.line) <= Limits.commentedLineBytesMax
    else { return }
    let rest = source.line(node.span.end.line).unicodeScalars.dropFirst(node.span.end.column - 1)
    let comment = rest.drop { $0 == " " || $0 == "\t" }
    guard comment.startIndex > rest.startIndex, comment.first == "#", let next = comment.dropFirst().first,
      next.properties.isAlphabetic || next.properties.numericType != nil
    else { return }
    let column = node.span.end.column + rest.count - comment.count
    let word = String(comment.prefix { !$0.properties.isWhitespace })
    let line = node.span.end.line
    let end = comment.lastIndex { !$0.properties.isWhitespace } ?? comment.startIndex
    diagnostics.add(
      .commentInText(
        word, whole: text + " " + String(comment[...end]),
        at: SourceSpan(
          start: SourcePosition(line: line, column: column),
          end: SourcePosition(line: line, column: column + word.unicodeScalars.count))))
  }

  /// Returns the first `{user}`, which is not a placeholder, in a part of a text, or `nil` if there is none.
  private static func singleBraces(in text: Substring, of whole: String) -> Range<String.Index>? {
    let longest = Template.Placeholder.allCases.map(\.rawValue.count).max() ?? 0
    var rest = text
    while let open = rest.firstIndex(of: "{") {
      rest = rest[rest.index(after: open)...]
      if open > whole.startIndex, whole[whole.index(before: open)] == "{" { continue }
      // No further than the longest name: a text can have many `{`.
      guard let close = rest.prefix(longest + 1).firstIndex(of: "}"),
        Template.Placeholder(rawValue: String(rest[..<close])) != nil
      else { continue }
      return open..<rest.index(after: close)
    }
    return nil
  }

  /// The placeholders of other programs.
  private static let otherPlaceholders = [
    "username": "user", "sender": "user", "author": "user", "name": "user", "from": "user", "user_name": "user",
    "text": "message", "input": "message", "question": "message", "prompt": "message", "body": "message",
    "arguments": "args", "argument": "args", "arg": "args", "channel_name": "channel", "room": "channel",
  ]

  fileprivate mutating func template(_ text: String, in node: ConfigNode) -> Template {
    var parts: [Template.Part] = []
    var rest = text[...]
    var single: Range<String.Index>?
    let errors = diagnostics.errors
    while diagnostics.errors - errors < Limits.diagnosticsPerScalarMax, let open = rest.firstRange(of: "{{") {
      guard let close = rest[open.upperBound...].firstRange(of: "}}") else {
        diagnostics.add(.unclosedPlaceholder(at: span(of: open, of: text, in: node)))
        break
      }
      single = single ?? Self.singleBraces(in: rest[..<open.lowerBound], of: text)
      if open.lowerBound > rest.startIndex { parts.append(.text(String(rest[..<open.lowerBound]))) }
      let inner = rest[open.upperBound..<close.lowerBound].drop { $0 == " " }
      let name = String(inner.prefix(upTo: inner.lastIndex { $0 != " " }.map(inner.index(after:)) ?? inner.startIndex))
      let range = open.lowerBound..<close.upperBound
      if let placeholder = Template.Placeholder(rawValue: name) {
        if placeholder == .admin, !hasAdmin { diagnostics.add(.noAdmin(at: span(of: range, of: text, in: node))) }
        parts.append(.placeholder(placeholder))
      } else {
        let names = Template.Placeholder.allCases.map(\.rawValue)
        let nearest = Self.otherPlaceholders[name.lowercased()] ?? nearest(to: name, among: names)
        let span = span(of: range, of: text, in: node)
        diagnostics.add(.unknownPlaceholder(name, nearest: nearest, known: names, at: span))
      }
      rest = rest[close.upperBound...]
    }
    if let single = single ?? Self.singleBraces(in: rest, of: text) {
      let name = String(text[single].dropFirst().dropLast())
      diagnostics.add(.singleBraces(name, at: span(of: single, of: text, in: node)))
    }
    if !rest.isEmpty { parts.append(.text(String(rest))) }
    return Template(parts: parts)
  }
}
