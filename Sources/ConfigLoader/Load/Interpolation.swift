extension RulesReader {
  /// The scalar's text with its variables put in; nil, with a finding, where one is missing.
  ///
  /// `${NAME}` is the variable's value, `${NAME:-TEXT}` stands for TEXT where it is unset or empty, as in a shell, and
  /// `$${` is `${` itself. What comes out is text: nothing in it is read as YAML. Within `access`, one that is empty is
  /// an error: `:-*` would make everyone of nobody.
  mutating func interpolated(_ text: String, _ node: ConfigNode, isSecret: Bool = false) -> String? {
    guard text.utf8.inOnePiece({ $0.contains(UInt8(ascii: "$")) }), text.contains("${") else { return text }
    var result = ""
    var problems = 0
    var rest = text[...]
    while problems < Limits.findingsPerScalarMax, let dollar = rest.firstRange(of: "${") {
      if rest[..<dollar.lowerBound].hasSuffix("$") {
        result += rest[..<dollar.lowerBound].dropLast() + "${"
        rest = rest[dollar.upperBound...]
        continue
      }
      result += rest[..<dollar.lowerBound]
      let end = rest[dollar.upperBound...].firstIndex(of: "}")
      let after = end.map { rest.index(after: $0) } ?? rest.endIndex
      let spot = dollar.lowerBound..<after
      if let end, let variable = Variable(rest[dollar.upperBound..<end]) {
        variables.insert(variable.name)
        peopleVariables.note(variable, in: environment)
        if let accessKey, variable.isEmpty(in: environment) {
          findings.add(.emptyVariable(variable.name, in: accessKey, at: span(of: spot, of: text, in: node)))
          problems += 1
        } else if let value = variable.value(in: environment) {
          result += value
          variableBytes += value.utf8.count
          if variableBytes > Limits.variableBytesMax {
            findings.add(.tooManyVariables(at: node.span))
            return nil
          }
        } else {
          let span = span(of: spot, of: text, in: node)
          findings.add(.unsetVariable(variable.name, isSecret: isSecret, at: span))
          problems += 1
        }
      } else {
        findings.add(.malformedVariable(at: span(of: spot, of: text, in: node)))
        problems += 1
      }
      rest = rest[after...]
    }
    return problems == 0 ? result + rest : nil
  }
}

/// `NAME` or `NAME:-TEXT`, as between `${` and `}`.
struct Variable {
  let name: String
  let fallback: String?

  init?(_ text: Substring) {
    let mark = text.firstRange(of: ":-")
    name = String(text[..<(mark?.lowerBound ?? text.endIndex)])
    fallback = mark.map { String(text[$0.upperBound...]) }
    guard Self.isName(name) else { return nil }
  }

  /// What to put in, or nil where nothing is known. Empty is a value, but not where a text stands in for one.
  func value(in environment: [String: String]) -> String? {
    guard let fallback else { return environment[name] }
    return environment[name].flatMap { $0.isEmpty ? nil : $0 } ?? fallback
  }

  /// Whether this is a name that a shell takes for a variable (POSIX.1-2017, 3.235).
  static func isName(_ text: some StringProtocol) -> Bool {
    guard let first = text.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
    return text.utf8.allSatisfy {
      switch $0 {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
  }
}
