/// What is fuzzed. Each holds any bytes against what edgecrab promises of them.
package enum FuzzTarget: String, CaseIterable, Sendable {
  /// Any bytes as a rules file are findings or rules that decide.
  case rules
  /// Any bytes as a message come to a decision.
  case message
  /// Any bytes as patterns and a text are found, or refused.
  case pattern
  /// Any bytes as a compiled time zone are its offsets in order, or refused.
  case zone

  /// The promise that these bytes break; nil where all hold.
  package func broken(by bytes: [UInt8]) -> String? {
    switch self {
    case .rules: brokenByRules(bytes)
    case .message: brokenByMessage(bytes)
    case .pattern: brokenByPatterns(bytes)
    case .zone: brokenByZone(bytes)
    }
  }
}
