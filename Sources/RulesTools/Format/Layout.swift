import ConfigLoader

/// Writes the syntax tree of a file in the canonical layout.
struct Layout {
  private var lines = FormattedLines()

  /// Returns the text of a tree whose keys are sorted.
  static func text(of tree: SyntaxTree) -> String {
    var layout = Layout()
    for line in tree.prelude { layout.lines.add(line, indent: 0) }
    for comment in tree.header { layout.comment(comment, isFirst: layout.lines.isEmpty) }
    if !tree.header.isEmpty { layout.lines.addBlank() }
    layout.block(tree.root, indent: 0, level: .file)
    return layout.lines.text
  }

  /// The spacing between the members of a list or map.
  private enum Level {
    /// The keys of the file.
    case file
    /// Rules and tests.
    case sections
    case inside

    /// Indicates whether an empty line separates members of several lines.
    var isSpread: Bool { self != .inside }

    func below(_ key: String?) -> Level {
      self == .file && key.map(SchemaKeys.sectionLists.contains) == true ? .sections : .inside
    }
  }

  private mutating func block(_ node: SyntaxNode, indent: Int, level: Level) {
    var wasLong = false
    for (index, member) in node.members.enumerated() {
      // Written separately first, since its number of lines is not known before.
      var own = Layout()
      own.member(member, indent: indent, level: level, mark: member.key.map { $0.written + ":" } ?? "-")
      let isLong = own.lines.count > 1
      if index > 0, member.isApart || level.isSpread && (wasLong || isLong) { lines.addBlank() }
      lines.append(own.lines)
      wasLong = isLong
    }
    for comment in node.foot { self.comment(comment, indent: indent) }
  }

  private mutating func member(_ member: SyntaxMember, indent: Int, level: Level, mark: String) {
    for (index, comment) in member.above.enumerated() { self.comment(comment, indent: indent, isFirst: index == 0) }
    if !member.above.isEmpty, member.hasBlankAbove { lines.addBlank() }
    value(member, indent: indent, level: level.below(member.key?.name), mark: mark)
  }

  /// Writes a value after its key or dash, and below it.
  private mutating func value(_ member: SyntaxMember, indent: Int, level: Level, mark: String) {
    let node = member.value
    let anchor = node.anchor.map { " &\($0)" } ?? ""
    switch node.kind {
    case .alias(let name): lines.add("\(mark) *\(name)", indent: indent, comment: member.trailing)
    case .scalar(let scalar): self.scalar(scalar, after: mark + anchor, indent: indent, comment: member.trailing)
    case .list, .map:
      if node.members.isEmpty || node.isFlow,
        let text = node.bracketed(columns: Limits.columnsMax - indent - mark.columns - 1)
      {
        lines.add("\(mark) \(text)", indent: indent, comment: member.trailing)
      } else if mark == "-", anchor.isEmpty, let first = node.members.first {
        compact(node, first, indent: indent, comment: member.trailing)
      } else {
        lines.add(mark + anchor, indent: indent, comment: member.trailing)
        block(node, indent: indent + 2, level: level)
      }
    }
  }

  /// Writes a list or map whose first member is on the line of the dash.
  private mutating func compact(_ node: SyntaxNode, _ first: SyntaxMember, indent: Int, comment: Comment?) {
    if let comment { first.setTrailing(comment) }
    for line in first.above { self.comment(line, indent: indent, isFirst: true) }
    first.above = []
    var inner = Layout()
    inner.block(node, indent: indent + 2, level: .inside)
    lines.append(inner.lines, dashAt: indent)
  }

  private mutating func scalar(_ scalar: SyntaxScalar, after mark: String, indent: Int, comment: Comment?) {
    let head = scalar.head.isEmpty ? mark : "\(mark) \(scalar.head)"
    let last = scalar.isBlock ? 0 : scalar.rest.count
    lines.add(head, indent: indent, comment: last == 0 ? comment : nil)
    for (index, line) in scalar.rest.enumerated() {
      lines.add(line, indent: indent + 2, comment: last == index + 1 ? comment : nil)
    }
    if scalar.preservesBlankLines { lines.preserveBlankLines() }
  }

  private mutating func comment(_ comment: Comment, indent: Int = 0, isFirst: Bool = false) {
    if comment.hasBlankAbove, !isFirst { lines.addBlank() }
    lines.add(comment.text, indent: indent)
  }
}

extension SyntaxMember {
  /// Indicates whether an empty line precedes it and its comments.
  fileprivate var isApart: Bool { above.first?.hasBlankAbove ?? hasBlankAbove }
}

extension SyntaxNode {
  /// Returns the value in brackets on one line, or `nil` if it is wider than `columns` or needs several lines.
  fileprivate func bracketed(columns: Int) -> String? {
    let name = anchor.map { "&\($0) " } ?? ""
    switch kind {
    case .alias(let name): return "*" + name
    case .scalar(let scalar):
      guard !scalar.isBlock, scalar.rest.isEmpty, !scalar.head.isEmpty else { return nil }
      return name + scalar.head
    case .list, .map:
      guard isFlow || members.isEmpty else { return nil }
      var parts: [String] = []
      var used = name.columns + 2
      for member in members {
        guard used <= columns, let value = member.value.bracketed(columns: columns - used) else { return nil }
        parts.append(member.key.map { "\($0.written): \(value)" } ?? value)
        used += parts[parts.count - 1].columns + (parts.count > 1 ? 2 : 0)
      }
      let inside = parts.joined(separator: ", ")
      let text: String
      if case .list = kind {
        text = name + "[" + inside + "]"
      } else {
        text = name + (parts.isEmpty ? "{}" : "{ " + inside + " }")
      }
      return text.columns <= columns ? text : nil
    }
  }
}

/// The lines of a formatted file, with their trailing comments.
struct FormattedLines {
  private struct Line {
    var indent: Int
    var text: String
    var comment: String?

    var isBlank: Bool { text.isEmpty && comment == nil }
    var columns: Int { indent + text.columns }
  }

  private var lines: [Line] = []
  /// Indicates whether an empty line would become part of the last scalar.
  private var preservesBlankLines = false

  var isEmpty: Bool { lines.isEmpty }
  var count: Int { lines.count }

  mutating func add(_ text: String, indent: Int, comment: Comment? = nil) {
    lines.append(Line(indent: indent, text: text, comment: comment?.text))
    preservesBlankLines = false
  }

  /// Adds an empty line, unless the last line is empty.
  mutating func addBlank() {
    guard !preservesBlankLines, lines.last?.isBlank == false else { return }
    lines.append(Line(indent: 0, text: ""))
  }

  /// Marks the last scalar as one that includes the empty lines after it.
  mutating func preserveBlankLines() { preservesBlankLines = true }

  mutating func append(_ other: FormattedLines) {
    guard !other.isEmpty else { return }
    lines += other.lines
    preservesBlankLines = other.preservesBlankLines
  }

  /// Adds lines with a dash before the first.
  mutating func append(_ other: FormattedLines, dashAt indent: Int) {
    var other = other
    other.lines[0].text = "- " + other.lines[0].text
    other.lines[0].indent = indent
    append(other)
  }

  /// The text. Trailing comments of consecutive lines with the same indentation are aligned.
  var text: String {
    var text = ""
    var index = 0
    while index < lines.count {
      guard lines[index].comment != nil else {
        text += Self.shown(lines[index])
        index += 1
        continue
      }
      let end = lines[index...].firstIndex { $0.comment == nil || $0.indent != lines[index].indent } ?? lines.count
      let column = lines[index..<end].reduce(0) { max($0, $1.columns) } + 2
      for line in lines[index..<end] { text += Self.shown(line, commentAt: column) }
      index = end
    }
    return text
  }

  private static func shown(_ line: Line, commentAt column: Int = 0) -> String {
    let indent = line.isBlank ? "" : String(repeating: " ", count: line.indent)
    let comment = line.comment.map { String(repeating: " ", count: column - line.columns) + $0 } ?? ""
    return indent + line.text + comment + "\n"
  }
}
