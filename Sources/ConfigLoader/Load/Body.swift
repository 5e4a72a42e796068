import Core
import RuleEngine

extension Values {
  /// Keys of a request's body, each with any value of YAML's core schema that JSON has.
  static let body: ValueReader<[BodyValue.Member]> = ValueReader(type: .body) { node, key, reader in
    reader.entries(node, key, as: .body).compactMap { entry in
      guard !OwnBodyKeys.all.contains(entry.key) else {
        reader.findings.add(
          .ownBodyKey(entry.key, isAgents: OwnBodyKeys.ofAgents.contains(entry.key), at: entry.keySpan))
        return nil
      }
      return reader.bodyValue(entry.value, depth: 1).map { BodyValue.Member(key: entry.key, value: $0) }
    }
  }
}

/// The keys of a body that edgecrab sets itself, to what the agent's keys of these names say or to what it needs.
enum OwnBodyKeys {
  static let ofAgents = ["model", "system", "max_tokens", "temperature"]
  static let all = ofAgents + ["messages", "stream"]
}

extension RulesReader {
  /// A value inside of a body; nil, with a finding, where JSON has no such value.
  fileprivate mutating func bodyValue(_ node: ConfigNode, depth: Int) -> BodyValue? {
    if case .scalar(let written, let style) = node.value {
      return bodyScalar(written, isPlain: style == .plain, node)
    }
    guard depth <= Limits.bodyNestingMax else {
      findings.add(.bodyTooDeep(at: node.headSpan))
      return nil
    }
    switch node.value {
    case .broken, .scalar: return nil
    case .sequence(let items): return .list(items.compactMap { bodyValue($0, depth: depth + 1) })
    case .mapping(let entries):
      return .map(
        entries.compactMap { entry in
          bodyValue(entry.value, depth: depth + 1).map { BodyValue.Member(key: entry.key, value: $0) }
        })
    }
  }

  private mutating func bodyScalar(_ written: String, isPlain: Bool, _ node: ConfigNode) -> BodyValue? {
    // What a variable holds is text wherever it stands.
    guard isPlain, !written.contains("${") else {
      return interpolated(written, node).map { .text(Secret($0), written: written) }
    }
    if node.isNothing { return .null }
    if written.isBoolean { return .bool(written.first?.lowercased() == "t") }
    if let number = YAMLNumber(written) {
      if number.json == nil { findings.add(.bodyNumber(written, at: node.span)) }
      return number.json.map { .number($0) }
    }
    return .text(Secret(written), written: written)
  }
}
