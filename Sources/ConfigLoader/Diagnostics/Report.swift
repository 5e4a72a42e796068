extension SourceText {
  /// Findings as a person reads them: what and where, the line with the spot underlined, and the cure. Of more than
  /// fifty, the first fifty and how many more there are.
  ///
  /// - Parameter leftOut: how many findings there were beyond those given.
  public func report(_ diagnostics: [Diagnostic], leftOut: Int = 0) -> String {
    var lines: [String] = []
    // A line may be the whole file: it is taken apart once for all findings on it.
    var shown: ShownLine?
    func show(_ kind: String, _ message: String, _ span: SourceSpan) {
      lines.append("\(file):\(span.start.line):\(span.start.column): \(kind): \(message)")
      if span.start.line <= lineCount {
        let line = shown?.number == span.start.line ? shown : nil
        let source = line ?? ShownLine(span.start.line, of: self)
        shown = source
        let picture = source.picture(underlining: span)
        lines += ["  " + picture.line, "  " + picture.underline]
      }
    }
    for diagnostic in diagnostics.prefix(Limits.findingsShownMax) {
      show(
        diagnostic.severity.rawValue, "\(diagnostic.message) [\(diagnostic.code.rawValue)]", diagnostic.span)
      for note in diagnostic.notes { show("note", note.message, note.span) }
      if let help = diagnostic.help { lines.append("  help: \(help)") }
    }
    let more = max(0, diagnostics.count - Limits.findingsShownMax) + leftOut
    if more > 0 { lines.append("and \(more) more") }
    return lines.map { $0 + "\n" }.joined()
  }
}
