import RuleEngine

extension RulesReader {
  /// Returns the text of a scalar with its variables substituted.
  mutating func scalar(_ node: ConfigNode, _ key: String, as type: SchemaType) -> String? {
    guard case .scalar(let text, _) = node.value else {
      diagnostics.add(.wrongType(key, expected: type, found: node))
      return nil
    }
    return interpolated(text, node)
  }
}

extension Values {
  /// A text that is not blank. `true` is not a text unless it is quoted; a number is one.
  static let text = text(as: .text)

  static func text(as type: SchemaType) -> ValueReader<String> {
    ValueReader(type: type) { node, key, reader in
      if case .scalar(let text, .plain) = node.value, text.isBoolean {
        reader.diagnostics.add(.wrongType(key, expected: type, found: node))
        return nil
      }
      guard let text = reader.scalar(node, key, as: type) else { return nil }
      guard text.saysSomething else {
        reader.diagnostics.add(.empty(key, expected: type, at: node.span))
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
    reader.diagnostics.add(.wrongType(key, expected: .boolean, found: node))
    return nil
  }

  /// `true`; `false` would have no meaning.
  static let isTrue: ValueReader<Bool> = ValueReader(type: .isTrue) { node, key, reader in
    guard let value = reader.read(boolean, node, key) else { return nil }
    if !value { reader.diagnostics.add(.ignoreFalse(at: node.span)) }
    return value
  }

  static func integer(_ range: ClosedRange<Int>) -> ValueReader<Int> {
    let type = SchemaType.integer(range)
    return ValueReader(type: type) { node, key, reader in
      guard let text = reader.scalar(node, key, as: type) else { return nil }
      guard case .scalar(_, .plain) = node.value, text.isDecimal else {
        reader.diagnostics.add(.wrongType(key, expected: type, found: node))
        return nil
      }
      guard let number = Int(text), range.contains(number) else {
        reader.diagnostics.add(.outOfRange(key, text, range, at: node.span))
        return nil
      }
      return number
    }
  }

  static func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
    _: Choice.Type, of cases: [Choice] = Array(Choice.allCases)
  ) -> ValueReader<Choice> {
    let word = choice(of: cases.map(\.rawValue))
    return ValueReader(type: word.type) { node, key, reader in
      reader.read(word, node, key).flatMap(Choice.init(rawValue:))
    }
  }

  /// One of a few words.
  static func choice(of names: [String]) -> ValueReader<String> {
    ValueReader(type: .choice(names)) { node, key, reader in
      guard let text = reader.scalar(node, key, as: .choice(names)) else { return nil }
      guard names.contains(text) else {
        let plain = text.withPlainMarks
        let nearest =
          names.first { $0 == plain.lowercased() } ?? Synonyms.meaning(of: plain, among: names)
          ?? reader.nearest(to: text, among: names)
        reader.diagnostics.add(.wrongValue(key, text, allowed: names, nearest: nearest, at: node.span))
        return nil
      }
      return text
    }
  }

  /// One word only.
  static func word(_ word: String) -> ValueReader<String> {
    ValueReader(type: .choice([word])) { node, key, reader in reader.scalar(node, key, as: .choice([word])) }
  }
}

extension String {
  /// Indicates whether YAML's core schema reads this as a boolean (YAML 1.2, section 10.3.2).
  var isBoolean: Bool {
    // Nearly every scalar has another length.
    (4...5).contains(utf8.count) && ["true", "True", "TRUE", "false", "False", "FALSE"].contains(self)
  }
}

extension StringProtocol {
  /// Indicates whether there is anything but white space.
  fileprivate var saysSomething: Bool {
    guard let first = utf8.first else { return false }
    // For most texts, the first byte is enough.
    return (0x21..<0x80).contains(first) || contains { !$0.isWhitespace }
  }
}

extension RulesReader {
  /// Returns the position of a part of a scalar's text; that of the whole scalar if it cannot be derived from the
  /// columns: in blocks, over several lines, with escapes, or with expanded variables.
  func span(of range: Range<String.Index>, of text: String, in node: ConfigNode) -> SourceSpan {
    guard let columns = columns(of: node, text: text) else { return node.span }
    let scalars = text.unicodeScalars
    let lower = columns[scalars.distance(from: scalars.startIndex, to: range.lowerBound)]
    let upper = columns[scalars.distance(from: scalars.startIndex, to: range.upperBound)]
    let line = node.span.start.line
    return SourceSpan(
      start: SourcePosition(line: line, column: lower), end: SourcePosition(line: line, column: max(upper, lower + 1)))
  }

  /// Returns the position of a byte of a scalar's text.
  func span(ofByte offset: Int?, of text: String, in node: ConfigNode) -> SourceSpan {
    guard let offset, offset >= 0, offset <= text.utf8.count else { return node.span }
    let index = text.utf8.index(text.startIndex, offsetBy: offset)
    let start = String.Index(index, within: text.unicodeScalars) ?? text.endIndex
    let end = start < text.endIndex ? text.unicodeScalars.index(after: start) : start
    return span(of: start..<end, of: text, in: node)
  }

  /// The column of each Unicode scalar of the text, and of its end.
  private func columns(of node: ConfigNode, text: String) -> [Int]? {
    guard case .scalar(_, let style) = node.value, style != .block, node.span.start.line == node.span.end.line else {
      return nil
    }
    let line = source.line(node.span.start.line).unicodeScalars
    let start = node.span.start.column
    let raw = Array(line.dropFirst(start - 1).prefix(node.span.end.column - start))
    let inner = style == .plain ? raw[...] : raw.dropFirst().dropLast()
    var columns: [Int] = []
    var index = inner.startIndex
    for scalar in text.unicodeScalars {
      guard index < inner.endIndex, inner[index] == scalar else { return nil }
      columns.append(start + index)
      // A quote inside of single quotes is written twice.
      index += style == .singleQuoted && scalar == "'" ? 2 : 1
    }
    guard index == inner.endIndex else { return nil }
    columns.append(start + index)
    return columns
  }
}

extension Values {
  /// One value, or a list of at least one. Invalid elements are left out, with errors.
  static func oneOrMany<Element>(_ element: ValueReader<Element>) -> ValueReader<[Element]> {
    let type = SchemaType.oneOrMany(element.type)
    return ValueReader(type: type) { node, key, reader in
      guard case .sequence(let items) = node.value else {
        return reader.read(element, node, key).map { [$0] }
      }
      if items.isEmpty { reader.diagnostics.add(.empty(key, expected: type, at: node.span)) }
      return items.compactMap { reader.read(element, $0, key) }
    }
  }

  /// Reads one or several of a few words.
  static func choices<Choice: RawRepresentable<String> & CaseIterable & Sendable & Equatable>(
    _ type: Choice.Type, of cases: [Choice] = Array(Choice.allCases)
  ) -> ValueReader<CaseSet<Choice>> {
    oneOrMany(choice(type, of: cases)).map { CaseSet($0) }
  }

  /// A list, which may be empty.
  static func list<Element>(_ element: ValueReader<Element>) -> ValueReader<[Element]> {
    let type = SchemaType.list(element.type)
    return ValueReader(type: type) { node, key, reader in
      guard case .sequence(let items) = node.value else {
        reader.diagnostics.add(.wrongType(key, expected: type, found: node))
        return nil
      }
      var elements: [Element] = []
      // The array of rules lives as long as the gateway: it must not have unused capacity.
      elements.reserveCapacity(items.count)
      for item in items {
        if let value = reader.read(element, item, key) { elements.append(value) }
      }
      return elements
    }
  }
}

extension ValueReader {
  /// Returns a reader of the transformed value.
  func map<Other>(_ change: @escaping @Sendable (Value) -> Other) -> ValueReader<Other> {
    ValueReader<Other>(type: type) { node, key, reader in read(node, key, &reader).map(change) }
  }
}
