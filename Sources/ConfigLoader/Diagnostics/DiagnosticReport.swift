import Core
package import RuleEngine

extension SourceText {
  /// Returns diagnostics as text for people: the location, the message, the source line with the span underlined, and
  /// the help. Of more than fifty, it has the first fifty and the number of the others.
  ///
  /// - Parameters:
  ///   - diagnostics: the diagnostics of this file.
  ///   - leftOut: the number of further diagnostics.
  ///   - style: plain or with colours.
  package func report(_ diagnostics: [Diagnostic], leftOut: Int = 0, style: ReportStyle = .plain) -> String {
    var lines: [String] = []
    // A line may be the whole file: it is split once for all diagnostics on it.
    var snippet: SourceSnippet?
    func add(_ kind: String, _ part: ReportStyle.Part, _ message: String, _ span: SourceSpan) {
      let location = style.mark("\(file.printable):\(span.start.line):\(span.start.column):", as: .location)
      lines.append("\(location) \(style.mark(kind + ":", as: part)) \(message)")
      guard span.start.line <= lineCount else { return }
      let same = snippet?.number == span.start.line ? snippet : nil
      let current = same ?? SourceSnippet(span.start.line, of: self)
      snippet = current
      let picture = current.picture(underlining: span)
      let indent = picture.underline.prefix { $0 == " " }
      let mark = picture.underline.dropFirst(indent.count)
      lines += ["  " + picture.line, "  " + indent + style.mark(String(mark), as: .underline)]
    }
    for diagnostic in diagnostics.prefix(Limits.diagnosticsShownMax) {
      add(
        diagnostic.severity.rawValue, diagnostic.severity.part, "\(diagnostic.message) [\(diagnostic.code.rawValue)]",
        diagnostic.span)
      for note in diagnostic.notes { add("note", .note, note.message, note.span) }
      if let help = diagnostic.help { lines.append("  \(style.mark("help:", as: .help)) \(help)") }
    }
    let more = max(0, diagnostics.count - Limits.diagnosticsShownMax) + leftOut
    if more > 0 { lines.append("and \(more) more") }
    return lines.map { $0 + "\n" }.joined()
  }
}

extension RuleSet {
  /// `3 rules, 1 agent, 9 tests`.
  package var summary: String {
    [rules.count.counted("rule"), agents.count.counted("agent"), tests.count.counted("test")].joined(separator: ", ")
  }
}

extension Severity {
  fileprivate var part: ReportStyle.Part {
    switch self {
    case .error: .error
    case .warning: .warning
    }
  }
}
