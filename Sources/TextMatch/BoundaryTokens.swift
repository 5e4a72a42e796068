/// The tokens of an expression, to find `\b` and `\B` that RE2 treats differently than people expect.
struct BoundaryTokens {
  private enum Token: Equatable {
    case boundary, open, close, alternative, repetition, other
    /// A part that matches characters, and if one of them is a word character beyond ASCII.
    case atom(isBeyondASCII: Bool)
  }

  private var tokens: [Token] = []
  private var offsets: [Int] = []

  /// The offset in UTF-8 of the first `\b` or `\B` next to a character beyond ASCII, which RE2 does not count as a
  /// letter; `nil` if there is none.
  private(set) var misled: Int?

  init(in expression: String) {
    read(expression)
    let index = tokens.indices.first { tokens[$0] == .boundary && (begins(at: $0 + 1) || ends(at: $0 - 1)) }
    misled = index.map { offsets[$0] }
  }

  private mutating func read(_ expression: String) {
    let scalars = Array(expression.unicodeScalars)
    var index = 0
    var offset = 0
    func isBeyond(_ scalar: Unicode.Scalar) -> Bool { !scalar.isASCII && isWordScalar(scalar.value) }
    while index < scalars.count {
      let start = index
      let token: Token
      switch scalars[index] {
      case "\\":
        index += 1
        let name = index < scalars.count ? scalars[index] : "\\"
        index += 1
        if name == "b" || name == "B" {
          token = .boundary
        } else if name == "x", index < scalars.count, scalars[index] == "{" {
          let digits = scalars[(index + 1)...].prefix { $0 != "}" }
          index = min(scalars.count, digits.endIndex + 1)
          let value = UInt32(String(String.UnicodeScalarView(digits)), radix: 16).flatMap(Unicode.Scalar.init)
          token = .atom(isBeyondASCII: value.map(isBeyond) ?? false)
        } else if name == "p" || name == "P" {
          if index < scalars.count, scalars[index] == "{" {
            index = min(scalars.count, scalars[index...].prefix { $0 != "}" }.endIndex + 1)
          }
          token = .atom(isBeyondASCII: false)
        } else if name == "A" || name == "z" {
          token = .other
        } else {
          token = .atom(isBeyondASCII: isBeyond(name))
        }
      case "[":
        var found = false
        index += 1
        if index < scalars.count, scalars[index] == "^" { index += 1 }
        if index < scalars.count, scalars[index] == "]" { index += 1 }
        while index < scalars.count, scalars[index] != "]" {
          if scalars[index] == "\\" { index += 1 }
          if index < scalars.count, isBeyond(scalars[index]) { found = true }
          index += 1
        }
        index += 1
        token = .atom(isBeyondASCII: found)
      case "(":
        index += 1
        token = .open
        // `(?:`, `(?i)` and `(?P<name>`.
        if index < scalars.count, scalars[index] == "?" {
          index = scalars[index...].firstIndex { ":)>".unicodeScalars.contains($0) } ?? scalars.count
          if index < scalars.count, scalars[index] != ")" { index += 1 }
        }
      case ")":
        index += 1
        token = .close
      case "|":
        index += 1
        token = .alternative
      case "*", "+", "?":
        index += 1
        token = .repetition
      case "{":
        index = min(scalars.count, scalars[index...].prefix { $0 != "}" }.endIndex + 1)
        token = .repetition
      case "^", "$":
        index += 1
        token = .other
      default:
        token = .atom(isBeyondASCII: isBeyond(scalars[index]))
        index += 1
      }
      tokens.append(token)
      offsets.append(offset)
      for scalar in scalars[start..<min(index, scalars.count)] { offset += UTF8.width(scalar) }
    }
  }

  /// Returns whether the part that begins at a token may begin with a character beyond ASCII.
  private func begins(at start: Int) -> Bool {
    var index = start
    while tokens.indices.contains(index), tokens[index] == .open { index += 1 }
    guard tokens.indices.contains(index) else { return false }
    if tokens[index] == .atom(isBeyondASCII: true) { return true }
    guard index > start else { return false }
    // The other alternatives of the groups that were entered.
    var depth = 0
    for at in index..<tokens.count {
      switch tokens[at] {
      case .open: depth += 1
      case .close: depth -= 1
      case .alternative where depth <= 0 && tokens.indices.contains(at + 1):
        if tokens[at + 1] == .atom(isBeyondASCII: true) { return true }
      default: break
      }
      if depth <= start - index { return false }
    }
    return false
  }

  /// Returns whether the part that ends at a token may end with a character beyond ASCII.
  private func ends(at end: Int) -> Bool {
    var index = end
    var groups = 0
    while tokens.indices.contains(index), tokens[index] == .close || tokens[index] == .repetition {
      groups += tokens[index] == .close ? 1 : 0
      index -= 1
    }
    guard tokens.indices.contains(index) else { return false }
    if tokens[index] == .atom(isBeyondASCII: true) { return true }
    guard groups > 0 else { return false }
    var depth = 0
    for at in stride(from: index, through: 0, by: -1) {
      switch tokens[at] {
      case .close: depth += 1
      case .open: depth -= 1
      case .alternative where depth <= 0 && at > 0:
        if tokens[at - 1] == .atom(isBeyondASCII: true) { return true }
      default: break
      }
      if depth <= -groups { return false }
    }
    return false
  }
}
