import Core
import RuleEngine

extension RulesReader {
  /// Returns the scalar's text with its variables substituted; `nil`, with an error, if one is missing.
  ///
  /// `${NAME}` is the variable's value, `${NAME:-TEXT}` is TEXT if the variable is unset or empty, as in a shell, and
  /// `$${` is `${` itself. The result is never read as YAML. In `access`, an empty variable is an
  /// error: `:-*` would turn an empty list into everyone.
  mutating func interpolated(_ text: String, _ node: ConfigNode, isSecret: Bool = false) -> String? {
    // The contiguous bytes are searched several times faster than the view of them.
    let mayHaveVariable = text.utf8.span.withUnsafeBufferPointer { $0.contains(UInt8(ascii: "$")) }
    guard mayHaveVariable, text.contains("${") else { return text }
    var result = ""
    var problems = 0
    var rest = text[...]
    while problems < Limits.diagnosticsPerScalarMax, let dollar = rest.firstRange(of: "${") {
      if rest[..<dollar.lowerBound].hasSuffix("$") {
        result += rest[..<dollar.lowerBound].dropLast() + "${"
        rest = rest[dollar.upperBound...]
        continue
      }
      result += rest[..<dollar.lowerBound]
      let end = rest[dollar.upperBound...].firstIndex(of: "}")
      let after = end.map { rest.index(after: $0) } ?? rest.endIndex
      let range = dollar.lowerBound..<after
      if let end, let variable = Variable(rest[dollar.upperBound..<end]) {
        variables.insert(variable.name)
        peopleVariables.record(variable, in: environment)
        if let accessKey, variable.isEmpty(in: environment) {
          diagnostics.add(.emptyVariable(variable.name, in: accessKey, at: span(of: range, of: text, in: node)))
          problems += 1
        } else if let value = variable.value(in: environment) {
          result += value
          variableBytes += value.utf8.count
          if variableBytes > Limits.variableBytesMax {
            diagnostics.add(.tooManyVariables(at: node.span))
            return nil
          }
        } else {
          let span = span(of: range, of: text, in: node)
          diagnostics.add(.unsetVariable(variable.name, isSecret: isSecret, at: span))
          problems += 1
        }
      } else {
        diagnostics.add(.malformedVariable(at: span(of: range, of: text, in: node)))
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

  /// Returns the value to substitute, or `nil` if there is none. An empty value counts only if there is no fallback.
  func value(in environment: [String: String]) -> String? {
    guard let fallback else { return environment[name] }
    return environment[name].flatMap { $0.isEmpty ? nil : $0 } ?? fallback
  }

  /// Returns whether this is a valid name of a shell variable (POSIX.1-2017, 3.235).
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

extension RulesReader {
  /// A text by its name, as `text` reads it: a header's or a variable's, which may be a secret.
  mutating func namedValue(_ text: ValueReader<String>, _ entry: ConfigEntry, _ name: String) -> NamedValue? {
    guard case .scalar(let written, _) = entry.value.value, let value = read(text, entry.value, name) else {
      if case .scalar = entry.value.value { return nil }
      diagnostics.add(.wrongType(name, expected: text.type, found: entry.value))
      return nil
    }
    return NamedValue(name: name, value: Secret(value), written: written)
  }
}
