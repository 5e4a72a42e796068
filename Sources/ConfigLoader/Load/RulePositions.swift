import RuleEngine

/// Where a rule stands, for findings about the rules as a whole.
struct RulePositions: Sendable {
  /// The rule's first key.
  let head: SourceSpan
  private var keys: [(key: ConditionKey, span: SourceSpan)] = []

  init(_ fields: Fields) {
    head = fields.head
    guard case .mapping(let entries)? = fields[Schema.RuleMap.when]?.value.value else { return }
    keys = entries.compactMap { entry in ConditionKey(rawValue: entry.key).map { ($0, entry.value.headSpan) } }
  }

  /// Where a key of `when` says what it asks for; the rule itself where it asks nothing.
  func span(of key: ConditionKey) -> SourceSpan { keys.first { $0.key == key }?.span ?? head }
}
