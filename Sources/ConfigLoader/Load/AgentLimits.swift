import RuleEngine

extension RulesReader {
  /// Reads an agent of a section that has the keys of limits.
  mutating func agent(
    _ node: ConfigNode, _ key: String, as section: SchemaSection, within keys: Schema.LimitKeys,
    _ kind: (inout RulesReader, Fields) -> AgentKind?
  ) -> (AgentKind, AgentLimits)? {
    guard let fields = fields(node, as: section, key) else { return nil }
    let limits = limits(fields, keys)
    return kind(&self, fields).map { ($0, limits) }
  }

  private mutating func limits(_ fields: Fields, _ keys: Schema.LimitKeys) -> AgentLimits {
    let defaults = keys.defaults
    return AgentLimits(
      firstByteSeconds: value(keys.firstByte, in: fields) ?? defaults.firstByteSeconds,
      idleSeconds: value(keys.idle, in: fields) ?? defaults.idleSeconds,
      timeoutSeconds: value(keys.timeout, in: fields) ?? defaults.timeoutSeconds,
      concurrency: value(keys.concurrency, in: fields) ?? defaults.concurrency,
      historyTokens: value(keys.history, in: fields) ?? defaults.historyTokens)
  }
}
