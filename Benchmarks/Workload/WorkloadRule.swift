import Core
import Foundation

/// A rule of the workload. Conditions that are `nil` or empty are missing.
package struct WorkloadRule {
  enum Kind: Hashable { case channel, user, command, literal, expression, last }
  package enum Trigger { case mention, direct, command, thread, files, any }

  var kind: Kind
  package var channels: [String] = []
  package var users: [String] = []
  package var team: String?
  package var command: String?
  package var trigger = Trigger.any
  package var literal: String?
  package var expression: SampledExpression?
}

/// A regular expression, the shape of matching texts, and a literal that all of them contain.
package struct SampledExpression {
  package var pattern: String
  package var literal: String
  private var shape: Shape

  private enum Shape {
    case ticket(String), failure(String), host(String), address(String), sentence(String)
    case code(String, Int, Int, String, Int)
  }

  init(_ chance: inout SeededRandom, word: String) {
    literal = word
    switch chance.number(0...9) {
    case 0, 1: (pattern, shape) = (#"\b\#(word)-[0-9]{2,5}\b"#, .ticket(word))
    case 2, 3: (pattern, shape) = (#"\b(error|failed|failure)\b.*\b\#(word)\b"#, .failure(word))
    case 4, 5: (pattern, shape) = (#"\b\#(word) (prod|staging|dev)-[0-9]+\b"#, .host(word))
    case 6, 7: (pattern, shape) = (#"https?://\#(word)\.example\.(com|org)/[a-z0-9/]+"#, .address(word))
    case 8: (pattern, shape) = (#"[A-Z]{2,5}-[0-9]{3,6} .*\#(word)"#, .sentence(word))
    default:
      // Without a literal of three letters, from which most searches for many expressions start.
      let (first, second) = (chance.one(Array("QXZWKVJ")), chance.one(Array("QXZWKVJ")))
      let (letters, digits, tail) = (chance.number(3...6), chance.number(3...6), chance.number(3...6))
      pattern = #"\b\#(first)[A-F]{\#(letters)}[0-9]{\#(digits)}-\#(second)[0-9a-f]{\#(tail)}\b"#
      shape = .code(String(first), letters, digits, String(second), tail)
      literal = "-\(second)"
    }
  }

  /// Returns a matching text.
  func sample(_ chance: inout SeededRandom) -> String {
    func some(_ count: Int, of letters: String) -> String {
      String((0..<count).map { _ in chance.one(Array(letters)) })
    }
    switch shape {
    case .ticket(let word): return "\(word)-\(chance.number(10...99_999))"
    case .failure(let word): return "\(chance.one(["error", "failed", "failure"])) in the \(word)"
    case .host(let word): return "\(word) \(chance.one(["prod", "staging", "dev"]))-\(chance.number(1...400))"
    case .address(let word): return "https://\(word).example.com/a/\(chance.number(1...999))"
    case .sentence(let word): return "OPS-\(chance.number(100...99_999)) see \(word)"
    case .code(let first, let letters, let digits, let second, let tail):
      return first + some(letters, of: "ABCDEF") + some(digits, of: "0123456789") + "-" + second
        + some(tail, of: "0123456789abcdef")
    }
  }
}

extension [WorkloadRule] {
  /// Returns the first matching rule, trying one after another.
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
      // Foundation's expressions are slow, so they are only tried if their literal is found.
      guard event.text.utf8.holds(expression.literal.utf8) else { return false }
      return event.text.range(of: expression.pattern, options: .regularExpression) != nil
    }
    return true
  }
}

extension String.UTF8View {
  /// Returns whether it contains another text.
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
