/// The tree of a YAML file, with the errors that do not depend on the rules language.
package struct ConfigTree {
  /// The root value, or `nil` if the file cannot be parsed.
  package let root: ConfigNode?
  package let diagnostics: [Diagnostic]

  /// Parses a file.
  package init(_ source: SourceText) {
    var builder = Builder(source: source)
    var root: ConfigNode?
    do throws(Diagnostic) {
      root = try builder.read()
    } catch {
      builder.diagnostics.add(error)
    }
    self.root = root
    diagnostics = builder.diagnostics.kept
  }
}

private struct Builder {
  let source: SourceText
  var diagnostics = DiagnosticCollector()
  /// The value of each anchor, and its size.
  private var anchors: [String: (node: ConfigNode, size: Size)] = [:]
  private var texts: Set<String> = []
  private var size = Size()
  private var depth = 0

  private struct Size {
    var nodes = 0
    var bytes = 0
  }

  init(source: SourceText) { self.source = source }

  mutating func read() throws(Diagnostic) -> ConfigNode {
    guard source.bytes.count <= Limits.fileBytesMax else { throw .fileTooLarge }
    guard String(validating: source.bytes, as: UTF8.self) != nil else {
      let valid = source.bytes.prefix(source.bytes.validUTF8Count)
      throw .notUTF8(at: SourceSpan(at: valid.endPosition))
    }
    if let line = firstDirectiveTooMany() { throw .tooManyDirectives(line: line) }
    return try YAMLEvents.read(source) { events throws(Diagnostic) in try document(events) }
  }

  /// Reads the only document of the stream.
  private mutating func document(_ events: borrowing YAMLEvents) throws(Diagnostic) -> ConfigNode {
    var root: ConfigNode?
    while true {
      let event = try events.next()
      switch event.kind {
      case .documentStart:
        if root != nil { throw .severalDocuments(at: event.span) }
        let first = try events.next()
        root = try node(first, events)
      case .streamEnd:
        guard let root, !root.isNothing else { throw .emptyFile }
        return root
      default: break
      }
    }
  }

  private mutating func node(_ event: YAMLEvent, _ events: borrowing YAMLEvents) throws(Diagnostic) -> ConfigNode {
    let before = size
    try add(Size(nodes: 1, bytes: 0), at: event.span)
    var node: ConfigNode
    switch event.kind {
    case .alias:
      guard let known = anchors[event.text] else { throw .unknownAlias(event.text, at: event.span) }
      try add(known.size, at: event.span)
      return known.node
    case .scalar(let style):
      try add(Size(nodes: 0, bytes: event.text.utf8.count), at: event.span)
      node = ConfigNode(value: .scalar(shared(event.text), style), span: event.span)
    case .sequenceStart: node = try sequence(from: event.span, events)
    case .mappingStart: node = try mapping(from: event.span, events)
    default:
      throw .notYAML("a value is missing", at: event.span)
    }
    // The schema decides the type of a value, not a tag.
    if let tag = event.properties.tag {
      diagnostics.add(.tag(tag, at: event.span))
      node.value = .broken
    }
    if let anchor = event.properties.anchor {
      let its = Size(nodes: size.nodes - before.nodes, bytes: size.bytes - before.bytes)
      anchors[anchor] = (node, its)
    }
    return node
  }

  /// Shares the storage of equal scalars: ten thousand rules name few users and channels, by ids of 26 letters.
  private mutating func shared(_ text: String) -> String {
    // Shorter strings are stored inline.
    text.utf8.count > 15 ? texts.insert(text).memberAfterInsert : text
  }

  private mutating func sequence(
    from start: SourceSpan, _ events: borrowing YAMLEvents
  ) throws(Diagnostic) -> ConfigNode {
    try descend(at: start)
    defer { depth -= 1 }
    var items: [ConfigNode] = []
    while true {
      let event = try events.next()
      if event.kind == .sequenceEnd {
        return ConfigNode(value: .sequence(items), span: SourceSpan(start: start.start, end: event.span.end))
      }
      items.append(try node(event, events))
    }
  }

  private mutating func mapping(
    from start: SourceSpan, _ events: borrowing YAMLEvents
  ) throws(Diagnostic) -> ConfigNode {
    try descend(at: start)
    defer { depth -= 1 }
    var entries: [ConfigEntry] = []
    // Few maps have more keys than a simple rule: name, when, agent, session.
    entries.reserveCapacity(4)
    var index = KeyIndex()
    var isBroken = false
    while true {
      let event = try events.next()
      if event.kind == .mappingEnd {
        return ConfigNode(
          value: isBroken ? .broken : .mapping(entries), span: SourceSpan(start: start.start, end: event.span.end))
      }
      let key = try node(event, events)
      let value = try node(try events.next(), events)
      guard case .scalar(let text, _) = key.value else {
        diagnostics.add(.keyNotText(at: key.span))
        isBroken = true
        continue
      }
      if let first = index.span(of: text, in: entries) {
        diagnostics.add(.duplicateKey(text, at: key.span, first: first))
        continue
      }
      entries.append(ConfigEntry(key: text, keySpan: key.span, value: value))
    }
  }

  private mutating func descend(at span: SourceSpan) throws(Diagnostic) {
    guard depth < Limits.nestingMax else { throw .nestedTooDeep(at: span) }
    depth += 1
  }

  private mutating func add(_ more: Size, at span: SourceSpan) throws(Diagnostic) {
    size.nodes += more.nodes
    size.bytes += more.bytes
    if size.nodes > Limits.nodesMax || size.bytes > Limits.scalarBytesMax { throw .tooManyValues(at: span) }
  }

  private func firstDirectiveTooMany() -> Int? {
    source.lines { $0.first == UInt8(ascii: "%") }.dropFirst(Limits.directivesMax).first
  }
}

/// Finds duplicate keys of a map while it grows: in a small map by comparison, in a large one by hash.
///
/// Nearly every map of a rules file has fewer than ten keys, and a hash table for each took longer than parsing it.
private struct KeyIndex {
  /// The largest number of keys that are compared one by one.
  private static let comparedMax = 16

  private var hashed: [String: SourceSpan] = [:]

  /// Returns the span of a key among the entries so far, or `nil` if it is new.
  mutating func span(of key: String, in entries: [ConfigEntry]) -> SourceSpan? {
    if entries.count <= Self.comparedMax { return entries.first { $0.key == key }?.keySpan }
    for entry in entries[hashed.count...] { hashed[entry.key] = entry.keySpan }
    return hashed[key]
  }
}
