import CYaml

/// An event of libyaml's parser.
package struct YAMLEvent {
  // Without texts, so that kinds are compared fast: a large file has hundreds of thousands of events.
  package enum Kind: Equatable {
    case streamStart, streamEnd, documentStart, documentEnd, sequenceStart, sequenceEnd, mappingStart, mappingEnd, alias
    case scalar(ScalarStyle)
  }

  /// The properties before a value: `&anchor` and `!tag`.
  package struct Properties {
    package var anchor: String?
    package var tag: String?
    /// Indicates whether the value is a list in `[ ]` or a map in `{ }`.
    package var isFlow = false
  }

  package var kind: Kind
  /// The text of a scalar, or the name of an alias.
  package var text = ""
  package var properties = Properties()
  package var span: SourceSpan
}

/// The event parser of libyaml over the text of a file.
package struct YAMLEvents: ~Copyable {
  // On the heap, because libyaml stores pointers into its own parser.
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let source: SourceText

  /// Calls `body` with the events of a file.
  package static func read<Value>(
    _ source: SourceText, _ body: (borrowing YAMLEvents) throws(Diagnostic) -> Value
  ) throws(Diagnostic) -> Value {
    try source.bytes.withUnsafeBufferPointer { bytes throws(Diagnostic) in
      try body(YAMLEvents(bytes, of: source))
    }
  }

  private init(_ bytes: UnsafeBufferPointer<UInt8>, of source: SourceText) throws(Diagnostic) {
    self.source = source
    parser = .allocate(capacity: 1)
    guard yaml_parser_initialize(parser) == 1 else {
      parser.deallocate()
      throw .notYAML("no memory left to read it", at: .fileStart)
    }
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
  }

  /// Returns the next event; `streamEnd` is the last.
  package func next() throws(Diagnostic) -> YAMLEvent {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else { throw problem() }
    defer { yaml_event_delete(&event) }
    let span = SourceSpan(start: SourcePosition(event.start_mark), end: SourcePosition(event.end_mark))
    switch event.type {
    case YAML_STREAM_START_EVENT: return YAMLEvent(kind: .streamStart, span: span)
    case YAML_DOCUMENT_START_EVENT: return YAMLEvent(kind: .documentStart, span: span)
    case YAML_DOCUMENT_END_EVENT: return YAMLEvent(kind: .documentEnd, span: span)
    case YAML_SEQUENCE_END_EVENT: return YAMLEvent(kind: .sequenceEnd, span: span)
    case YAML_MAPPING_END_EVENT: return YAMLEvent(kind: .mappingEnd, span: span)
    case YAML_ALIAS_EVENT:
      return YAMLEvent(kind: .alias, text: Self.text(event.data.alias.anchor) ?? "", span: span)
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
      return YAMLEvent(
        kind: .scalar(ScalarStyle(scalar.style)), text: String(decoding: bytes, as: UTF8.self),
        properties: Self.properties(scalar.anchor, scalar.tag), span: span)
    case YAML_SEQUENCE_START_EVENT:
      let start = event.data.sequence_start
      let isFlow = start.style == YAML_FLOW_SEQUENCE_STYLE
      return YAMLEvent(
        kind: .sequenceStart, properties: Self.properties(start.anchor, start.tag, isFlow: isFlow), span: span)
    case YAML_MAPPING_START_EVENT:
      let start = event.data.mapping_start
      let isFlow = start.style == YAML_FLOW_MAPPING_STYLE
      return YAMLEvent(
        kind: .mappingStart, properties: Self.properties(start.anchor, start.tag, isFlow: isFlow), span: span)
    default: return YAMLEvent(kind: .streamEnd, span: span)
    }
  }

  private static func properties(
    _ anchor: UnsafeMutablePointer<yaml_char_t>?, _ tag: UnsafeMutablePointer<yaml_char_t>?, isFlow: Bool = false
  ) -> YAMLEvent.Properties {
    YAMLEvent.Properties(anchor: text(anchor), tag: text(tag), isFlow: isFlow)
  }

  private static func text(_ bytes: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    bytes.map { String(cString: $0) }
  }

  /// The parser's error. An error of the reader has only a byte offset; the others have a mark, and a context with a
  /// mark.
  private func problem() -> Diagnostic {
    let reason = parser.pointee.problem.map { String(cString: $0) } ?? "it cannot be read"
    if parser.pointee.error == YAML_READER_ERROR {
      let position = source.bytes.prefix(parser.pointee.problem_offset).endPosition
      return .notYAML(
        reason, at: SourceSpan(at: position), help: YAMLErrorRemedy.help(for: reason, at: position, in: source))
    }
    let position = SourcePosition(parser.pointee.problem_mark)
    var context: (String, SourceSpan)?
    if let text = parser.pointee.context {
      context = (String(cString: text), SourceSpan(at: SourcePosition(parser.pointee.context_mark)))
    }
    if let mark = LookalikeCharacter(inLines: position.line...position.line, of: source) {
      return .notYAML(mark.reason, at: mark.span, help: mark.help)
    }
    var diagnostic = Diagnostic.notYAML(
      reason, at: SourceSpan(at: position), context: context,
      help: YAMLErrorRemedy.help(for: reason, at: position, in: source))
    // The mistake is on the reported line, on the line above, or where the map or list began. A lookalike above is the
    // mistake only if replacing it repairs the file; in a text it may be intended.
    let first = min(
      position.line, max(1, context?.1.start.line ?? position.line - 1, position.line - Limits.oddMarkLinesMax))
    for line in (first..<position.line).reversed() {
      guard let mark = LookalikeCharacter(inLines: line...line, of: source) else { continue }
      let plain = source.bytes(replacing: line, with: LookalikeCharacter.plain(source.line(line)))
      if Self.canRead(plain, toEndOf: position.line) { return .notYAML(mark.reason, at: mark.span, help: mark.help) }
      diagnostic.notes.append(Diagnostic.Note(message: mark.reason, span: mark.span))
      break
    }
    return diagnostic
  }

  /// Returns whether bytes parse as YAML to the end of a line, within the nesting limit.
  private static func canRead(_ bytes: [UInt8], toEndOf line: Int) -> Bool {
    let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    defer { parser.deallocate() }
    guard yaml_parser_initialize(parser) == 1 else { return false }
    defer { yaml_parser_delete(parser) }
    return bytes.withUnsafeBufferPointer { bytes -> Bool in
      yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
      yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
      var depth = 0
      while depth <= Limits.nestingMax {
        var event = yaml_event_t()
        // libyaml counts lines from 0.
        guard yaml_parser_parse(parser, &event) == 1 else { return Int(parser.pointee.problem_mark.line) >= line }
        defer { yaml_event_delete(&event) }
        if Int(event.start_mark.line) >= line { return true }
        switch event.type {
        case YAML_STREAM_END_EVENT: return true
        case YAML_SEQUENCE_START_EVENT, YAML_MAPPING_START_EVENT: depth += 1
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: depth -= 1
        default: break
        }
      }
      return false
    }
  }
}

extension SourcePosition {
  fileprivate init(_ mark: yaml_mark_t) {
    self.init(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
  }
}

extension ScalarStyle {
  fileprivate init(_ style: yaml_scalar_style_t) {
    self =
      switch style {
      case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
      case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
      case YAML_LITERAL_SCALAR_STYLE, YAML_FOLDED_SCALAR_STYLE: .block
      default: .plain
      }
  }
}
