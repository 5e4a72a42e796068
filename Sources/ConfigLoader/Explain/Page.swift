import RuleEngine

/// Lines of a report.
struct Page {
  let style: ReportStyle
  /// How far in everything stands that is put on it.
  var margin: Int
  private(set) var lines: [String] = []

  init(style: ReportStyle, margin: Int = 0) {
    self.style = style
    self.margin = margin
  }

  var text: String { lines.map { $0 + "\n" }.joined() }

  mutating func line() { lines.append("") }

  /// A paragraph; its later lines stand further in than its first.
  mutating func put(_ text: String, indent: Int = 0) {
    let indent = margin + indent
    let broken = TextWrapping.wrapped(text, columns: Limits.writtenColumnsMax - indent - 2)
    for (index, line) in broken.enumerated() { add(line, indent: index == 0 ? indent : indent + 2) }
  }

  /// A rule and where it stands, on the next line where both do not fit on one.
  mutating func head(_ sign: String, _ part: ReportStyle.Part, _ rule: Rule) {
    let name = rule.name.shown
    let place = "\(rule.location.file):\(rule.location.line)"
    let marked = style.mark(sign, as: part) + " " + style.mark(name, as: .place)
    let fits = margin + TextWrapping.width(name) + place.count + 4 <= Limits.writtenColumnsMax
    add(fits ? "\(marked)  \(place)" : marked, indent: margin)
    if !fits { add(place, indent: margin + 4) }
  }

  private mutating func add(_ line: String, indent: Int) {
    lines.append(String(repeating: " ", count: indent) + line)
  }
}
