import Core
import Foundation

extension [WorkloadRule] {
  /// The first rule that matches, tried one after the other.
  func firstMatch(_ event: WorkloadEvent) -> Int? { firstIndex { $0.matches(event) } }
}

extension WorkloadRule {
  fileprivate func matches(_ event: WorkloadEvent) -> Bool {
    if !channels.isEmpty, !channels.contains(event.channel) { return false }
    if !users.isEmpty, !users.contains(event.user) { return false }
    if let team, team != event.team { return false }
    if let command, command != event.command { return false }
    switch trigger {
    case .mention where !event.mentionsBot: return false
    case .direct where event.kind != .direct: return false
    case .command where event.command == nil: return false
    case .thread where !event.isReply: return false
    case .files where !event.hasFiles: return false
    default: break
    }
    if let literal, !event.text.utf8.holds(literal.utf8) { return false }
    if let expression {
      // Foundation's expressions are slow, and so are asked only where they can be found.
      guard event.text.utf8.holds(expression.literal.utf8) else { return false }
      return event.text.range(of: expression.pattern, options: .regularExpression) != nil
    }
    return true
  }
}

extension String.UTF8View {
  /// Whether it holds another text.
  fileprivate func holds(_ other: Self) -> Bool {
    withContiguousStorageIfAvailable { text in
      other.withContiguousStorageIfAvailable { other in
        text.indices.dropLast(Swift.max(0, other.count - 1)).contains { start in
          text[start] == other[0] && text[start..<start + other.count].elementsEqual(other)
        }
      } ?? false
    } ?? false
  }
}
