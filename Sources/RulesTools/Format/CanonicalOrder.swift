import ConfigLoader

/// Sorts the keys of each map of the language in the order of the schema. Maps from names to values keep their order.
enum CanonicalOrder {
  /// Sorts the keys of a file.
  static func sort(_ root: SyntaxNode, by keys: SchemaKeys) {
    for entry in root.members {
      guard let shape = entry.key.flatMap({ keys.shape(of: $0.name) }) else { continue }
      sort(entry.value, as: shape)
    }
    sortMembers(of: root, by: keys)
  }

  private static func sort(_ node: SyntaxNode, as shape: SchemaShape) {
    switch node.kind {
    case .alias, .scalar: return
    case .list:
      guard let item = shape.item else { return }
      for member in node.members { sort(member.value, as: item) }
    case .map:
      if let value = shape.namedValue {
        for entry in node.members { sort(entry.value, as: value) }
      } else if let keys = shape.keys(for: node.members.compactMap { $0.key?.name }) {
        sort(node, by: keys)
      }
    }
  }

  /// Sorts the entries of one map, unless another order would change what an alias means: the last anchor of its name
  /// above it.
  private static func sortMembers(of node: SyntaxNode, by keys: SchemaKeys) {
    let ranks = node.members.map { keys.rank(of: $0.key?.name) }
    // Most maps are in order; then nothing needs to be compared.
    guard zip(ranks, ranks.dropFirst()).contains(where: >) else { return }
    let sorted = node.members.indices.sorted { (ranks[$0], $0) < (ranks[$1], $1) }.map { node.members[$0] }
    if AnchorUse(node.members) == AnchorUse(sorted) { node.members = sorted }
  }
}

/// The anchors that the aliases of some values mean, and the last anchor of each name for the values below.
private struct AnchorUse: Equatable {
  /// For each alias, by its position, the position of its anchor; `nil` for an anchor above these values.
  private var meanings: [SourcePosition: SourcePosition?] = [:]
  private var anchors: [String: SourcePosition] = [:]

  init(_ members: [SyntaxMember]) {
    for member in members { add(member) }
  }

  private mutating func add(_ member: SyntaxMember) {
    add(member.value)
    for inner in member.value.members { add(inner) }
  }

  private mutating func add(_ node: SyntaxNode) {
    if case .alias(let name) = node.kind { meanings[node.span.start] = .some(anchors[name]) }
    if let anchor = node.anchor { anchors[anchor] = node.span.start }
  }
}
