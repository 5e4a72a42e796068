extension RulesGraph {
  /// The picture for Mermaid: conditions, rules and deeds as nodes; agents that several rules ask are one node.
  var mermaid: String {
    var lines = ["flowchart LR"]
    var agents: [String] = []
    for row in rows {
      let number = row.number
      let condition = ([row.who, row.place, row.why].map { TextWrapping.lines($0, columns: 40, linesMax: 3) }).joined()
      lines.append("  if\(number)[\"\(condition.map(escaped).joined(separator: "<br/>"))\"] --> rule\(number)")
      lines.append("  rule\(number)([\"\(number) · \(escaped(TextWrapping.cut(row.name, 40)))\"])")
      let details = TextWrapping.lines(row.details, columns: 40, linesMax: 2).map(escaped).joined(separator: "<br/>")
      switch row.deed {
      case .agent(let name):
        if !agents.contains(name) {
          agents.append(name)
          lines.append("  agent\(agents.count)[[\"\(escaped(row.deed.text))\"]]")
        }
        let index = (agents.firstIndex(of: name) ?? 0) + 1
        let arrow = row.isShadow ? "-.->" : "-->"
        lines.append("  rule\(number) \(arrow)|\"\(details)\"| agent\(index)")
      case .say, .ignore, .deny:
        let text = [row.deed.text, details].filter { !$0.isEmpty }.joined(separator: "<br/>")
        lines.append("  rule\(number) \(row.isShadow ? "-.->" : "-->") does\(number)[\"\(text)\"]")
      }
    }
    if let omission { lines.append("  more[\"\(escaped(omission))\"]") }
    lines.append("  none[\"\(escaped(Self.otherwise))\"]")
    return lines.joined(separator: "\n")
  }

  /// A text between quotes, where Mermaid reads entities, tags and Markdown.
  private func escaped(_ text: String) -> String {
    text.unicodeScalars.map { scalar in
      let isPlain = scalar.properties.isAlphabetic || scalar.properties.numericType != nil || !scalar.isASCII
      return isPlain || " .,:~-@()".unicodeScalars.contains(scalar) ? String(scalar) : "#\(scalar.value);"
    }.joined()
  }
}
