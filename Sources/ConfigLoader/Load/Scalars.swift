extension RulesReader {
  /// The text of a scalar with its variables put in, whatever it looks like.
  mutating func scalar(_ node: ConfigNode, _ key: String, as type: SchemaType) -> String? {
    guard case .scalar(let text, _) = node.value else {
      findings.add(.wrongType(key, expected: type, found: node))
      return nil
    }
    return interpolated(text, node)
  }
}

extension Values {
  /// A text that says something. `true` is none unless it is quoted; a number is one.
  static let text = text(as: .text)

  static func text(as type: SchemaType) -> ValueReader<String> {
    ValueReader(type: type) { node, key, reader in
      if case .scalar(let text, .plain) = node.value, text.isBoolean {
        reader.findings.add(.wrongType(key, expected: type, found: node))
        return nil
      }
      guard let text = reader.scalar(node, key, as: type) else { return nil }
      guard text.saysSomething else {
        reader.findings.add(.empty(key, expected: type, at: node.span))
        return nil
      }
      return text
    }
  }

  /// A text that may be empty.
  static let message: ValueReader<String> = ValueReader(type: .message) { node, key, reader in
    reader.scalar(node, key, as: .message)
  }

  static let boolean: ValueReader<Bool> = ValueReader(type: .boolean) { node, key, reader in
    guard let text = reader.scalar(node, key, as: .boolean) else { return nil }
    if case .scalar(_, .plain) = node.value {
      if text == "true" { return true }
      if text == "false" { return false }
    }
    reader.findings.add(.wrongType(key, expected: .boolean, found: node))
    return nil
  }

  /// `true`; `false` would say nothing.
  static let isTrue: ValueReader<Bool> = ValueReader(type: .isTrue) { node, key, reader in
    guard let value = reader.read(boolean, node, key) else { return nil }
    if !value { reader.findings.add(.ignoreFalse(at: node.span)) }
    return value
  }

  static func integer(_ range: ClosedRange<Int>) -> ValueReader<Int> {
    let type = SchemaType.integer(range)
    return ValueReader(type: type) { node, key, reader in
      guard let text = reader.scalar(node, key, as: type) else { return nil }
      guard case .scalar(_, .plain) = node.value, text.isDecimal else {
        reader.findings.add(.wrongType(key, expected: type, found: node))
        return nil
      }
      guard let number = Int(text), range.contains(number) else {
        reader.findings.add(.outOfRange(key, text, range, at: node.span))
        return nil
      }
      return number
    }
  }

  static func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
    _: Choice.Type, of cases: [Choice] = Array(Choice.allCases)
  ) -> ValueReader<Choice> {
    let names = cases.map(\.rawValue)
    return ValueReader(type: .choice(names)) { node, key, reader in
      guard let text = reader.scalar(node, key, as: .choice(names)) else { return nil }
      guard let choice = cases.first(where: { $0.rawValue == text }) else {
        let plain = text.withPlainMarks
        let nearest =
          names.first { $0 == plain.lowercased() } ?? Synonyms.meaning(of: plain, among: names)
          ?? reader.nearest(to: text, among: names)
        reader.findings.add(.wrongValue(key, text, allowed: names, nearest: nearest, at: node.span))
        return nil
      }
      return choice
    }
  }

  /// One word only.
  static func word(_ word: String) -> ValueReader<String> {
    ValueReader(type: .choice([word])) { node, key, reader in reader.scalar(node, key, as: .choice([word])) }
  }
}

extension String {
  /// Whether YAML's core schema takes this for a truth value (YAML 1.2, section 10.3.2).
  var isBoolean: Bool { ["true", "True", "TRUE", "false", "False", "FALSE"].contains(self) }
}

extension StringProtocol {
  /// Whether there is anything but white space.
  fileprivate var saysSomething: Bool {
    guard let first = utf8.first else { return false }
    // Most texts show it with their first byte.
    return (0x21..<0x80).contains(first) || contains { !$0.isWhitespace }
  }

  /// Whether this is a whole number as YAML's core schema writes it in base ten (YAML 1.2, section 10.3.2).
  var isDecimal: Bool {
    let digits = first == "-" || first == "+" ? dropFirst() : self[...]
    return !digits.isEmpty && digits.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
  }
}
