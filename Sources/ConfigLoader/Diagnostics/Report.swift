extension SourceText {
  /// Findings as a person reads them: what and where, the line with the spot underlined, and the cure. Of more than
  /// fifty, the first fifty and how many more there are.
  ///
  /// - Parameters:
  ///   - leftOut: how many findings there were beyond those given.
  ///   - style: how its parts stand out.
  package func report(_ diagnostics: [Diagnostic], leftOut: Int = 0, style: ReportStyle = .plain) -> String {
    var lines: [String] = []
    // A line may be the whole file: it is taken apart once for all findings on it.
    var shown: SourceSnippet?
    func show(_ kind: String, _ part: ReportStyle.Part, _ message: String, _ span: SourceSpan) {
      let place = style.mark("\(file.printable):\(span.start.line):\(span.start.column):", as: .place)
      lines.append("\(place) \(style.mark(kind + ":", as: part)) \(message)")
      if span.start.line <= lineCount {
        let line = shown?.number == span.start.line ? shown : nil
        let source = line ?? SourceSnippet(span.start.line, of: self)
        shown = source
        let picture = source.picture(underlining: span)
        let indent = picture.underline.prefix { $0 == " " }
        let mark = picture.underline.dropFirst(indent.count)
        lines += ["  " + picture.line, "  " + indent + style.mark(String(mark), as: .underline)]
      }
    }
    for diagnostic in diagnostics.prefix(Limits.findingsShownMax) {
      show(
        diagnostic.severity.rawValue, diagnostic.severity.part, "\(diagnostic.message) [\(diagnostic.code.rawValue)]",
        diagnostic.span)
      for note in diagnostic.notes { show("note", .note, note.message, note.span) }
      if let help = diagnostic.help { lines.append("  \(style.mark("help:", as: .help)) \(help)") }
    }
    let more = max(0, diagnostics.count - Limits.findingsShownMax) + leftOut
    if more > 0 { lines.append("and \(more) more") }
    return lines.map { $0 + "\n" }.joined()
  }
}
