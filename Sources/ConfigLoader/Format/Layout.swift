/// Writes a file's values out in the canonical layout.
struct Layout {
  private var lines = FormattedLines()

  /// The text of a file whose keys are in order.
  static func text(of tree: SyntaxTree) -> String {
    var layout = Layout()
    for line in tree.prelude { layout.lines.add(line, indent: 0) }
    for comment in tree.header { layout.comment(comment, isFirst: layout.lines.isEmpty) }
    if !tree.header.isEmpty { layout.lines.addBlank() }
    layout.block(tree.root, indent: 0, level: .file)
    return layout.lines.text
  }

  /// How much space stands between the members of a list or map.
  private enum Level {
    /// The file's own keys.
    case file
    /// Rules and tests.
    case sections
    case inside

    /// Whether members of more than a line stand apart.
    var isSpread: Bool { self != .inside }

    func below(_ key: String?) -> Level {
      self == .file && (key == Schema.File.rules.row.name || key == Schema.File.tests.row.name) ? .sections : .inside
    }
  }

  private mutating func block(_ node: SyntaxNode, indent: Int, level: Level) {
    var wasLong = false
    for (index, member) in node.members.enumerated() {
      // Whether it is long shows when it is written: it is written aside first.
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

  /// Writes a value behind its key or dash, and below it.
  private mutating func value(_ member: SyntaxMember, indent: Int, level: Level, mark: String) {
    let node = member.value
    let anchor = node.anchor.map { " &\($0)" } ?? ""
    switch node.kind {
    case .alias(let name): lines.add("\(mark) *\(name)", indent: indent, comment: member.trailing)
    case .scalar(let scalar): self.scalar(scalar, behind: mark + anchor, indent: indent, comment: member.trailing)
    case .list, .map:
      if node.members.isEmpty || node.isFlow,
        let text = node.bracketed(room: Limits.laidOutColumnsMax - indent - mark.columns - 1)
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

  /// A list or map whose first member stands on the line of the dash.
  private mutating func compact(_ node: SyntaxNode, _ first: SyntaxMember, indent: Int, comment: Comment?) {
    if let comment { first.trail(comment) }
    for line in first.above { self.comment(line, indent: indent, isFirst: true) }
    first.above = []
    var inner = Layout()
    inner.block(node, indent: indent + 2, level: .inside)
    lines.append(inner.lines, dashAt: indent)
  }

  private mutating func scalar(_ scalar: SyntaxScalar, behind mark: String, indent: Int, comment: Comment?) {
    let head = scalar.head.isEmpty ? mark : "\(mark) \(scalar.head)"
    let last = scalar.isBlock ? 0 : scalar.rest.count
    lines.add(head, indent: indent, comment: last == 0 ? comment : nil)
    for (index, line) in scalar.rest.enumerated() {
      lines.add(line, indent: indent + 2, comment: last == index + 1 ? comment : nil)
    }
    if scalar.keepsBlankLines { lines.keepBlankLines() }
  }

  private mutating func comment(_ comment: Comment, indent: Int = 0, isFirst: Bool = false) {
    if comment.hasBlankAbove, !isFirst { lines.addBlank() }
    lines.add(comment.text, indent: indent)
  }
}

extension SyntaxMember {
  /// Whether an empty line stands above it and its comments.
  fileprivate var isApart: Bool { above.first?.hasBlankAbove ?? hasBlankAbove }
}

extension SyntaxNode {
  /// The value in brackets on one line; nil where that is longer than there is room, or has to be several.
  fileprivate func bracketed(room: Int) -> String? {
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
        guard used <= room, let value = member.value.bracketed(room: room - used) else { return nil }
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
      return text.columns <= room ? text : nil
    }
  }
}

extension String {
  /// The columns that a terminal gives the text.
  var columns: Int {
    // Of ASCII every printable letter takes one, and most texts are nothing else.
    utf8.allSatisfy { (0x20..<0x7F).contains($0) } ? utf8.count : unicodeScalars.reduce(0) { $0 + $1.columns }
  }
}
