import RuleEngine

/// Where a rule stands, for findings about the rules as a whole.
struct RuleSpot: Sendable {
  /// The rule's first key.
  let head: SourceSpan
  private let when: ConfigNode?

  init(_ fields: Fields) {
    head = fields.head
    when = fields[Schema.RuleMap.when]?.value
  }

  /// Where a key of `when` says what it asks for; the rule itself where it asks nothing.
  func span(of key: ConditionKey) -> SourceSpan {
    guard case .mapping(let entries)? = when?.value, let entry = entries.first(where: { $0.key == key.rawValue })
    else { return head }
    return entry.value.headSpan
  }
}
