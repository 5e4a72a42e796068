package import RuleEngine

/// The positions of a rule and its conditions, for diagnostics about the whole rules.
package struct RulePositions: Sendable {
  /// The rule's first key.
  package let head: SourceSpan
  private var keys: [(key: ConditionKey, span: SourceSpan)] = []

  init(_ fields: Fields) {
    head = fields.head
    guard case .mapping(let entries)? = fields[Schema.RuleMap.when]?.value.value else { return }
    keys = entries.compactMap { entry in ConditionKey(rawValue: entry.key).map { ($0, entry.value.headSpan) } }
  }

  /// Returns the position of the value of a key of `when`; that of the rule if the key is not stated.
  package func span(of key: ConditionKey) -> SourceSpan { keys.first { $0.key == key }?.span ?? head }
}

/// The location of each key of each rule's `when`.
package struct ConditionLocations {
  private var rules: [[ConditionKey: FileLocation]] = []

  /// Finds the keys in the text of a file without errors.
  package init(_ source: SourceText) {
    guard case .sequence(let items)? = ConfigTree(source).root?[Schema.File.rules.row.name]?.value else { return }
    rules = items.map { rule in
      guard case .mapping(let entries)? = rule[Schema.RuleMap.when.row.name]?.value else { return [:] }
      return entries.reduce(into: [:]) { locations, entry in
        if let key = ConditionKey(rawValue: entry.key) { locations[key] = source.location(of: entry.keySpan) }
      }
    }
  }

  /// The keys of the rule at an index of the rule set.
  package func keys(ofRule index: Int) -> [ConditionKey: FileLocation] { index < rules.count ? rules[index] : [:] }
}

extension ConfigNode {
  /// The value of a key of this map.
  fileprivate subscript(key: String) -> ConfigNode? {
    guard case .mapping(let entries) = value else { return nil }
    return entries.first { $0.key == key }?.value
  }
}
