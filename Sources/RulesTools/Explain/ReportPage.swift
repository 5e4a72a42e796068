import ConfigLoader
import Core
import RuleEngine

/// Builds a text report of at most 80 columns.
struct ReportPage {
  let style: ReportStyle
  /// The indentation of everything that is added.
  var margin: Int
  private(set) var lines: [String] = []

  init(style: ReportStyle, margin: Int = 0) {
    self.style = style
    self.margin = margin
  }

  var text: String { lines.map { $0 + "\n" }.joined() }

  mutating func addBlankLine() { lines.append("") }

  /// Adds a paragraph with a hanging indent.
  mutating func add(_ text: String, indent: Int = 0) {
    let indent = margin + indent
    let wrapped = TextWrapping.wrapped(text, columns: Limits.columnsMax - indent - 2)
    for (index, line) in wrapped.enumerated() { add(line: line, indent: index == 0 ? indent : indent + 2) }
  }

  /// Adds a rule with its location, on one line if both fit.
  mutating func add(_ rule: Rule, mark: String, _ part: ReportStyle.Part) {
    let name = rule.name.printable
    let location = "\(rule.location.file):\(rule.location.line)"
    let marked = style.mark(mark, as: part) + " " + style.mark(name, as: .location)
    let fits = margin + name.columns + location.count + 4 <= Limits.columnsMax
    add(line: fits ? "\(marked)  \(location)" : marked, indent: margin)
    if !fits { add(line: location, indent: margin + 4) }
  }

  private mutating func add(line: String, indent: Int) {
    lines.append(String(repeating: " ", count: indent) + line)
  }
}
