import ConfigLoader

/// The syntax of a file: its values with their spelling, and its comments. Only for files without YAML errors.
struct SyntaxTree {
  let root: SyntaxNode
  /// The comments in the order of the file.
  let comments: [Comment]
  /// The comments at the beginning of the file, except those directly above a key. They stay there if another key
  /// becomes the first.
  let header: [Comment]
  /// The lines of the directives at the beginning of the file.
  let prelude: [String]

  /// Parses a file.
  /// - Throws: the error of YAML.
  init(_ source: SourceText) throws(Diagnostic) {
    var builder = Builder(source: source, scalars: SourceScalars(source))
    root = try YAMLEvents.read(source) { events throws(Diagnostic) in try builder.document(events) }
    prelude = builder.prelude
    comments = builder.comments()
    CommentAttachment.attach(comments, in: root)
    header = root.members.first?.takeHeader() ?? []
  }
}

extension SyntaxMember {
  /// Removes the comments above an empty line.
  fileprivate func takeHeader() -> [Comment] {
    let blank = hasBlankAbove ? above.count : above.lastIndex { $0.hasBlankAbove } ?? 0
    defer { above.removeFirst(blank) }
    return Array(above.prefix(blank))
  }
}

// Not copyable: with a second copy alive, each addition to `texts` would copy them all.
private struct Builder: ~Copyable {
  let source: SourceText
  let scalars: SourceScalars
  var prelude: [String] = []
  private var bodyStart = 0
  /// The ranges of scalars, in which a `#` does not begin a comment.
  private var texts: [Range<Int>] = []

  init(source: SourceText, scalars: SourceScalars) {
    self.source = source
    self.scalars = scalars
  }

  mutating func document(_ events: borrowing YAMLEvents) throws(Diagnostic) -> SyntaxNode {
    var root: SyntaxNode?
    while true {
      let event = try events.next()
      switch event.kind {
      case .documentStart:
        let start = scalars.offset(event.span.start)
        if start < scalars.all.count, scalars.all[start] == "%" {
          prelude = (1..<event.span.end.line).map(source.line) + ["---"]
          bodyStart = scalars.offset(event.span.end)
        }
        let first = try events.next()
        root = try node(first, events)
      case .streamEnd:
        guard let root else { throw .emptyFile }
        return root
      default: break
      }
    }
  }

  private mutating func node(_ event: YAMLEvent, _ events: borrowing YAMLEvents) throws(Diagnostic) -> SyntaxNode {
    switch event.kind {
    case .alias: return SyntaxNode(.alias(event.text), anchor: nil, span: event.span)
    case .scalar(let style):
      return SyntaxNode(.scalar(scalar(event, style)), anchor: event.properties.anchor, span: event.span)
    case .sequenceStart:
      let members = try items(events)
      return collection(.list, event, to: members.end, members.all)
    case .mappingStart:
      let members = try entries(events)
      return collection(.map, event, to: members.end, members.all)
    default: throw .notYAML("a value is missing", at: event.span)
    }
  }

  private func collection(
    _ kind: SyntaxNode.Kind, _ start: YAMLEvent, to end: SourceSpan, _ members: [SyntaxMember]
  ) -> SyntaxNode {
    let node = SyntaxNode(
      kind, anchor: start.properties.anchor, span: SourceSpan(start: start.span.start, end: end.end),
      isBracketed: start.properties.isFlow)
    node.members = members
    return node
  }

  private mutating func items(
    _ events: borrowing YAMLEvents
  ) throws(Diagnostic) -> (all: [SyntaxMember], end: SourceSpan) {
    var items: [SyntaxMember] = []
    while true {
      let event = try events.next()
      if event.kind == .sequenceEnd { return (items, event.span) }
      items.append(member(key: nil, try node(event, events), at: event.span.start))
    }
  }

  private mutating func entries(
    _ events: borrowing YAMLEvents
  ) throws(Diagnostic) -> (all: [SyntaxMember], end: SourceSpan) {
    var entries: [SyntaxMember] = []
    while true {
      let event = try events.next()
      if event.kind == .mappingEnd { return (entries, event.span) }
      let key = try key(event)
      entries.append(member(key: key, try node(try events.next(), events), at: event.span.start))
    }
  }

  private func member(
    key: (name: String, written: String)?, _ value: SyntaxNode, at start: SourcePosition
  ) -> SyntaxMember {
    SyntaxMember(key: key, value: value, start: start, hasBlankAbove: scalars.isEmpty(line: start.line - 1))
  }

  /// Reads a key. An alias needs a space before the colon, which would otherwise be part of its name.
  private mutating func key(_ event: YAMLEvent) throws(Diagnostic) -> (name: String, written: String) {
    switch event.kind {
    case .alias: return (event.text, "*\(event.text) ")
    case .scalar(let style):
      let scalar = scalar(event, style)
      guard scalar.rest.isEmpty else { throw .keyNotText(at: event.span) }
      return (event.text, (event.properties.anchor.map { "&\($0) " } ?? "") + scalar.head)
    default: throw .keyNotText(at: event.span)
    }
  }

  private mutating func scalar(_ event: YAMLEvent, _ style: ScalarStyle) -> SyntaxScalar {
    let end = scalars.offset(event.span.end)
    var start = scalars.offset(event.span.start)
    if let anchor = event.properties.anchor { start = skip(anchor, from: start, to: end) }
    guard style == .block else {
      texts.append(start..<end)
      return SyntaxScalar(flowLines: scalars.lines(start..<end))
    }
    texts.append(min(scalars.lineEnd(start), end)..<end)
    return SyntaxScalar(blockLines: scalars.lines(start..<end), text: event.text)
  }

  /// Returns the start of a scalar after its anchor, white space and comments.
  private func skip(_ anchor: String, from start: Int, to end: Int) -> Int {
    var offset = min(start + 1 + anchor.unicodeScalars.count, end)
    while offset < end {
      if scalars.all[offset] == "#" {
        offset = scalars.lineEnd(offset)
      } else if SourceScalars.isBlank(scalars.all[offset]) || SourceScalars.isBreak(scalars.all[offset]) {
        offset += 1
      } else {
        break
      }
    }
    return min(offset, end)
  }

  /// Returns everything that begins with `#` outside of scalars; nothing else can contain one.
  func comments() -> [Comment] {
    var comments: [Comment] = []
    var offset = bodyStart
    for text in texts + [scalars.all.count..<scalars.all.count] {
      while offset < text.lowerBound, let start = scalars.all[offset..<text.lowerBound].firstIndex(of: "#") {
        let end = scalars.lineEnd(start)
        let line = scalars.text(start..<end)
        let position = scalars.position(start)
        let isOwnLine = scalars.isFirst(start)
        comments.append(
          Comment(
            text: String(
              line.prefix(upTo: line.lastIndex { !$0.isWhitespace }.map(line.index(after:)) ?? line.endIndex)),
            start: position, isOwnLine: isOwnLine, hasBlankAbove: isOwnLine && scalars.isEmpty(line: position.line - 1))
        )
        offset = end
      }
      offset = max(offset, text.upperBound)
    }
    return comments
  }
}
