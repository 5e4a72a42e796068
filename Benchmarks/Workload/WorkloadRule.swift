/// A rule of the workload; what is nil or empty is not asked.
struct WorkloadRule {
  enum Kind: Hashable { case channel, user, command, literal, expression, last }
  enum Trigger { case mention, direct, command, thread, files, any }

  var kind: Kind
  var channels: [String] = []
  var users: [String] = []
  var team: String?
  var command: String?
  var trigger = Trigger.any
  var literal: String?
  var expression: SampledExpression?
}

/// A regular expression, the shape of the texts that it finds, and a literal that all of them hold.
struct SampledExpression {
  var pattern: String
  var literal: String
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
      // Without a literal of three letters, which is what most searches for many expressions start from.
      let (first, second) = (chance.one(Array("QXZWKVJ")), chance.one(Array("QXZWKVJ")))
      let (letters, digits, tail) = (chance.number(3...6), chance.number(3...6), chance.number(3...6))
      pattern = #"\b\#(first)[A-F]{\#(letters)}[0-9]{\#(digits)}-\#(second)[0-9a-f]{\#(tail)}\b"#
      shape = .code(String(first), letters, digits, String(second), tail)
      literal = "-\(second)"
    }
  }

  /// A text that it finds.
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
