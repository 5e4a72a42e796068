import ConfigLoader
import Core

extension RulesGraph {
  /// The picture with a layout: a row a rule, with boxes for its columns and arrows between them.
  var svg: String {
    var drawing = SVGDrawing()
    drawing.heading(access)
    for row in rows { drawing.add(row) }
    if let omission { drawing.line(omission, isStrong: true) }
    drawing.line(Self.otherwise, isStrong: false)
    return drawing.text
  }
}

/// An SVG picture that grows downwards.
private struct SVGDrawing {
  private var parts: [String] = []
  private var y = 0

  private static let width = 1_180
  private static let lineHeight = 17
  private static let gap = 10
  /// The position of each column, and the number of letters that fit.
  private static let columns: [(x: Int, letters: Int)] = [(24, 21), (202, 23), (400, 32), (700, 24), (948, 25)]
  private static let boxes = (rule: (x: 686, width: 210), action: (x: 934, width: 222))

  mutating func heading(_ access: [String]) {
    put(RulesGraph.title, x: 24, y: 36, "title")
    for (index, line) in access.enumerated() { put(TextWrapping.cut(line, 140), x: 24, y: 60 + index * 18, "quiet") }
    y = 84 + (access.count - 1) * 18
    for (title, column) in zip(RulesGraph.columns, Self.columns) { put(title, x: column.x, y: y, "head") }
    y += 12
  }

  mutating func add(_ row: RulesGraph.Row) {
    let name = "\(row.number)  \(row.name)"
    let texts = [row.users, row.channels, row.reasons, [name], [row.action.text] + row.details]
    let cells = zip(texts, Self.columns).map { TextWrapping.lines($0, columns: $1.letters, linesMax: 5) }
    let height = (cells.map(\.count).max() ?? 1) * Self.lineHeight + 2 * Self.gap
    let (rule, action) = Self.boxes
    let style = row.isShadow ? "shadow" : row.action.style
    parts.append("<g><title>\("\(name): \(row.action.text)".escaped(for: .xml))</title>")
    box(x: 12, width: 652, height: height, "if")
    box(x: rule.x, width: rule.width, height: height, style)
    box(x: action.x, width: action.width, height: height, style)
    arrow(from: 664, to: rule.x, height: height)
    arrow(from: rule.x + rule.width, to: action.x, height: height)
    for (index, cell) in cells.enumerated() {
      // Cells are centred vertically.
      let top = y + (height - cell.count * Self.lineHeight) / 2 + 13
      for (number, line) in cell.enumerated() {
        let isStrong = index == 3 || index == 4 && number == 0
        put(line, x: Self.columns[index].x, y: top + number * Self.lineHeight, isStrong ? "strong" : "")
      }
    }
    parts.append("</g>")
    y += height + 8
  }

  mutating func line(_ text: String, isStrong: Bool) {
    y += 18
    put(text, x: 24, y: y, isStrong ? "strong" : "quiet")
    y += 8
  }

  var text: String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" width="\(Self.width)" height="\(y + 16)" \
    viewBox="0 0 \(Self.width) \(y + 16)" role="img">
    <title>\(RulesGraph.title.escaped(for: .xml))</title>
    <style>
    text { font: 13px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #1f2933; white-space: pre }
    .title { font: 600 18px system-ui, sans-serif } .head { font: 600 12px system-ui, sans-serif; fill: #66788a }
    .strong { font-weight: 600 } .quiet { fill: #66788a }
    rect { stroke-width: 1.5 } .if { fill: #f5f7fa; stroke: #d5dde5 }
    .agent { fill: #e6f4ea; stroke: #3d9a5b } .say { fill: #e8f0fe; stroke: #4779c4 }
    .ignore { fill: #f1f1f1; stroke: #9aa5b1 } .deny { fill: #fdeaea; stroke: #c75450 }
    .shadow { fill: #ffffff; stroke: #9aa5b1; stroke-dasharray: 5 4 } path { stroke: #66788a; stroke-width: 1.5; fill: none }
    </style>
    <defs><marker id="end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">\
    <path d="M1 1 L7 4 L1 7"/></marker></defs>
    <rect width="100%" height="100%" fill="#ffffff"/>
    \(parts.joined(separator: "\n"))
    </svg>
    """
  }

  private mutating func put(_ text: String, x: Int, y: Int, _ style: String) {
    parts.append("<text x=\"\(x)\" y=\"\(y)\" class=\"\(style)\">\(text.escaped(for: .xml))</text>")
  }

  private mutating func box(x: Int, width: Int, height: Int, _ style: String) {
    parts.append("<rect x=\"\(x)\" y=\"\(y)\" width=\"\(width)\" height=\"\(height)\" rx=\"7\" class=\"\(style)\"/>")
  }

  private mutating func arrow(from: Int, to: Int, height: Int) {
    parts.append("<path d=\"M\(from + 2) \(y + height / 2) H\(to - 2)\" marker-end=\"url(#end)\"/>")
  }
}

extension RulesGraph.Action {
  fileprivate var style: String {
    switch self {
    case .agent: "agent"
    case .say: "say"
    case .ignore: "ignore"
    case .deny: "deny"
    }
  }
}
