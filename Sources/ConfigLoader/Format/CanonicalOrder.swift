/// Puts the keys of each map of the language into the order of the schema. Maps from names to values keep theirs.
enum CanonicalOrder {
  /// Orders a whole file.
  static func sort(_ root: SyntaxNode, as section: SchemaSection) {
    sort(root, keysOf: section)
  }

  private static func sort(_ node: SyntaxNode, as type: SchemaType) {
    switch node.kind {
    case .alias, .scalar: return
    case .list:
      guard let element = type.element else { return }
      for item in node.members { sort(item.value, as: element) }
    case .map:
      if let value = type.valueOfNames {
        for entry in node.members { sort(entry.value, as: value) }
        return
      }
      let names = node.members.compactMap { $0.key?.name }
      if let section = type.section(with: names) { sort(node, keysOf: section) }
    }
  }

  private static func sort(_ node: SyntaxNode, keysOf section: SchemaSection) {
    for entry in node.members {
      guard let key = entry.key.flatMap({ section.key($0.name) }) else { continue }
      sort(entry.value, as: key.type)
    }
    sort(node, by: section)
  }

  /// An alias means the last anchor of its name above it: where another order would change one, the map keeps its own.
  private static func sort(_ node: SyntaxNode, by section: SchemaSection) {
    let places = section.keys.enumerated().reduce(into: [:]) { $0[$1.element.name] = $1.offset }
    let ranks = node.members.map { $0.key.flatMap { places[$0.name] } ?? places.count }
    // Most files are in order; then nothing needs to be compared.
    guard zip(ranks, ranks.dropFirst()).contains(where: >) else { return }
    let sorted = node.members.indices.sorted { (ranks[$0], $0) < (ranks[$1], $1) }.map { node.members[$0] }
    if AnchorUse(node.members) == AnchorUse(sorted) { node.members = sorted }
  }
}

/// What the aliases of some values mean, and which anchors these leave to what comes below.
private struct AnchorUse: Equatable {
  /// For each alias, by its place, the place of its anchor; nil where that stands above.
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

extension SchemaType {
  /// What an item of a list of this type is.
  fileprivate var element: SchemaType? {
    switch self {
    case .list(let type), .oneOrMany(let type): type
    case .either(let types): types.lazy.compactMap(\.element).first
    default: nil
    }
  }

  /// What the values of a map from names are.
  fileprivate var valueOfNames: SchemaType? {
    switch self {
    case .named(let type, _): type
    case .either(let types): types.lazy.compactMap(\.valueOfNames).first
    default: nil
    }
  }

  /// The section that a map with these keys is: the one that knows most of them.
  fileprivate func section(with keys: [String]) -> SchemaSection? {
    let known = { (section: SchemaSection) in keys.count { section.key($0) != nil } }
    return sections.max { known($0) < known($1) }
  }

  private var sections: [SchemaSection] {
    switch self {
    case .section(let name): Schema.sections.filter { $0.name == name }
    case .oneOrMany(let type): type.sections
    case .either(let types): types.flatMap(\.sections)
    default: []
    }
  }
}
