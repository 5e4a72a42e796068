import RuleEngine

/// Where each key of each rule's `when` stands.
struct ConditionLocations {
  private var rules: [[ConditionKey: FileLocation]] = []

  /// Looks them up in the text of a file without errors, where the list of rules is the rule set's.
  init(_ source: SourceText) {
    guard case .sequence(let items)? = ConfigTree(source).root?[Schema.File.rules.row.name]?.value else { return }
    rules = items.map { rule in
      guard case .mapping(let entries)? = rule[Schema.RuleMap.when.row.name]?.value else { return [:] }
      return entries.reduce(into: [:]) { places, entry in
        if let key = ConditionKey(rawValue: entry.key) { places[key] = source.location(of: entry.keySpan) }
      }
    }
  }

  func ofRule(_ index: Int) -> [ConditionKey: FileLocation] { index < rules.count ? rules[index] : [:] }
}

extension ConfigNode {
  /// The value of a key of this map.
  fileprivate subscript(key: String) -> ConfigNode? {
    guard case .mapping(let entries) = value else { return nil }
    return entries.first { $0.key == key }?.value
  }
}
