import RuleEngine

extension Values {
  /// A text with places to fill, like `{{args}}`.
  static let template: ValueReader<Template> = ValueReader(type: .template) { node, key, reader in
    guard let text = reader.read(text(as: .template), node, key) else { return nil }
    return reader.template(text, in: node)
  }

  /// A template that is compared with another, its places unfilled.
  static let writtenTemplate = template.map(\.written)
}

extension RulesReader {
  fileprivate mutating func template(_ text: String, in node: ConfigNode) -> Template {
    var parts: [Template.Part] = []
    var rest = text[...]
    let errors = findings.errors
    while findings.errors - errors < Limits.findingsPerScalarMax, let open = rest.firstRange(of: "{{") {
      guard let close = rest[open.upperBound...].firstRange(of: "}}") else {
        findings.add(.unclosedPlaceholder(at: span(of: open, of: text, in: node)))
        break
      }
      if open.lowerBound > rest.startIndex { parts.append(.text(String(rest[..<open.lowerBound]))) }
      let inner = rest[open.upperBound..<close.lowerBound].drop { $0 == " " }
      let name = String(inner.prefix(upTo: inner.lastIndex { $0 != " " }.map(inner.index(after:)) ?? inner.startIndex))
      let spot = open.lowerBound..<close.upperBound
      if let place = Template.Placeholder(rawValue: name) {
        if place == .admin, !hasAdmin { findings.add(.noAdmin(at: span(of: spot, of: text, in: node))) }
        parts.append(.place(place))
      } else {
        let names = Template.Placeholder.allCases.map(\.rawValue)
        let nearest = nearest(to: name, among: names)
        let span = span(of: spot, of: text, in: node)
        findings.add(.unknownPlaceholder(name, nearest: nearest, known: names, at: span))
      }
      rest = rest[close.upperBound...]
    }
    if !rest.isEmpty { parts.append(.text(String(rest))) }
    return Template(parts: parts)
  }
}
