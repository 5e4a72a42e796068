import RuleEngine

extension Values {
  /// One value, or a list of at least one. Invalid elements are left out, with errors.
  static func oneOrMany<Element>(_ element: ValueReader<Element>) -> ValueReader<[Element]> {
    let type = SchemaType.oneOrMany(element.type)
    return ValueReader(type: type) { node, key, reader in
      guard case .sequence(let items) = node.value else {
        return reader.read(element, node, key).map { [$0] }
      }
      if items.isEmpty { reader.findings.add(.empty(key, expected: type, at: node.span)) }
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
        reader.findings.add(.wrongType(key, expected: type, found: node))
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
