/// A fuzz target: it checks that any bytes meet the promises of edgecrab.
package enum FuzzTarget: String, CaseIterable, Sendable {
  /// A rules file has diagnostics, or rules that decide.
  case rules
  /// A message has a decision.
  case message
  /// Patterns are refused, or have the expected matches in a text.
  case pattern
  /// A compiled time zone is refused, or has its offsets in order.
  case zone
  /// A frame of the event socket is refused, or its post is read as Foundation reads it.
  case frame

  /// Returns the promise that the bytes break, or `nil` if they break none.
  package func broken(by bytes: [UInt8]) -> String? {
    switch self {
    case .rules: brokenByRules(bytes)
    case .message: brokenByMessage(bytes)
    case .pattern: brokenByPatterns(bytes)
    case .zone: brokenByZone(bytes)
    case .frame: brokenByFrame(bytes)
    }
  }
}
