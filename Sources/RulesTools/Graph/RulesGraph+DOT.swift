import ConfigLoader
import Core

extension RulesGraph {
  /// The picture for Graphviz: the rules in a column, their conditions to the left, their actions to the right.
  var dot: String {
    var lines = [
      "digraph rules {", "  rankdir=LR; nodesep=0.15; ranksep=0.6;",
      "  label=\(quoted(([Self.title] + access + [Self.otherwise]).joined(separator: "\n"))); labelloc=t;",
      "  node [shape=box, style=\"rounded,filled\", fillcolor=\"#f5f7fa\", color=\"#9aa5b1\", fontname=\"sans-serif\"];",
    ]
    var agents: [String] = []
    for row in rows {
      let number = row.number
      let condition = [row.users, row.channels, row.reasons].flatMap {
        TextWrapping.lines($0, columns: 40, linesMax: 3)
      }
      let style = row.isShadow ? " [style=dashed]" : ""
      lines.append("  if\(number) [label=\(quoted(condition.joined(separator: "\n")))];")
      lines.append(
        "  rule\(number) [label=\(quoted("\(number)  \(TextWrapping.cut(row.name, 40))")), fillcolor=\"#ffffff\"];")
      lines.append("  if\(number) -> rule\(number);")
      let details = TextWrapping.lines(row.details, columns: 40, linesMax: 2).joined(separator: "\n")
      switch row.action {
      case .agent(let name):
        if !agents.contains(name) {
          agents.append(name)
          lines.append("  agent\(agents.count) [label=\(quoted(row.action.text)), fillcolor=\"#e6f4ea\"];")
        }
        let index = (agents.firstIndex(of: name) ?? 0) + 1
        let arrow = row.isShadow ? ", style=dashed" : ""
        lines.append("  rule\(number) -> agent\(index) [label=\(quoted(details))\(arrow)];")
      case .say, .ignore, .deny:
        let text = [row.action.text, details].filter { !$0.isEmpty }.joined(separator: "\n")
        lines.append("  does\(number) [label=\(quoted(text))];")
        lines.append("  rule\(number) -> does\(number)\(style);")
      }
    }
    // Nodes of one rank are stacked; invisible edges keep their order.
    if !rows.isEmpty {
      lines.append("  { rank=same; \(rows.map { "rule\($0.number)" }.joined(separator: " -> ")) [style=invis]; }")
    }
    if let omission { lines.append("  \(quoted(omission)) [style=\"\", shape=plain];") }
    return (lines + ["}"]).joined(separator: "\n")
  }

  /// Quotes a text for DOT, where a backslash begins an escape and an ampersand an entity.
  private func quoted(_ text: String) -> String {
    "\"" + text.replacing("&", with: "&amp;").escaped(for: .quoted) + "\""
  }
}
