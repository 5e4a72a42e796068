import ConfigLoader

/// A value with its spelling, its anchor and its comments.
///
/// A class, because comments are attached to nodes anywhere in the tree.
final class SyntaxNode {
  enum Kind {
    case alias(String)
    case scalar(SyntaxScalar)
    case list
    case map
  }

  let kind: Kind
  let anchor: String?
  let span: SourceSpan
  /// Indicates whether the source has it in brackets.
  let isBracketed: Bool
  /// Indicates whether to write it in brackets, if it fits on a line.
  var isFlow: Bool
  /// The items of a list or the entries of a map.
  var members: [SyntaxMember] = []
  /// Comments after the last member, with the indentation of the members.
  var foot: [Comment] = []

  init(_ kind: Kind, anchor: String?, span: SourceSpan, isBracketed: Bool = false) {
    self.kind = kind
    self.anchor = anchor
    self.span = span
    self.isBracketed = isBracketed
    isFlow = isBracketed
  }

  /// The column of its members, and of the comments that belong to them.
  var column: Int {
    guard let first = members.first else { return span.start.column }
    // An anchor begins at the key's line, not at the members.
    if case .list = kind { return anchor == nil ? span.start.column : first.start.column - 2 }
    return first.start.column
  }
}

/// An item of a list or an entry of a map, with its comments.
final class SyntaxMember {
  /// The key and its spelling; `nil` for an item.
  let key: (name: String, written: String)?
  let value: SyntaxNode
  let start: SourcePosition
  /// Indicates whether an empty line precedes it, after its comments.
  let hasBlankAbove: Bool
  /// Comments above it on lines of their own.
  var above: [Comment] = []
  /// The comment after it on its line.
  var trailing: Comment?

  init(key: (name: String, written: String)?, value: SyntaxNode, start: SourcePosition, hasBlankAbove: Bool) {
    self.key = key
    self.value = value
    self.start = start
    self.hasBlankAbove = hasBlankAbove
  }

  /// Its last line, without its members.
  var lastLine: Int {
    switch value.kind {
    case .list, .map: value.isFlow ? value.span.end.line : start.line
    case .scalar(let scalar): scalar.isBlock ? value.span.start.line : value.span.end.line
    case .alias: value.span.end.line
    }
  }

  /// Sets its trailing comment. An earlier one moves above.
  func setTrailing(_ comment: Comment) {
    if let earlier = trailing { above.append(earlier) }
    trailing = comment
  }
}

/// A comment, from its `#` to the end of the line.
struct Comment: Equatable {
  var text: String
  var start: SourcePosition
  var isOwnLine: Bool
  /// Indicates whether an empty line precedes it.
  var hasBlankAbove: Bool
}

/// The spelling of a scalar, line by line, without the indentation that is not part of its text.
struct SyntaxScalar {
  let isBlock: Bool
  /// The first line; of a block scalar its header, `|` or `>-`.
  let head: String
  /// The lines below.
  let rest: [String]

  /// Indicates whether the empty lines at its end are part of the text.
  var preservesBlankLines: Bool { isBlock && head.contains("+") }

  /// Creates a plain or quoted scalar: white space at the beginning of a line is not part of it.
  init(flowLines lines: [String]) {
    isBlock = false
    head = lines[0]
    rest = lines.dropFirst().map { String($0.drop { $0 == " " || $0 == "\t" }) }
  }

  /// Creates a block scalar from its header and its lines, with the value `text`.
  init(blockLines lines: [String], text: String) {
    isBlock = true
    let mark = lines[0].prefix { $0 != " " && $0 != "\t" }
    let indentation = Self.indentation(lines.dropFirst()) - Self.indentation(text.split(separator: "\n")[...])
    var rest = lines.dropFirst().map { line in
      String(line.dropFirst(min(max(0, indentation), line.prefix { $0 == " " }.count)))
    }
    if rest.last == "" { rest.removeLast() }
    // At the end of a file without a line break, the text has none either, which is written as the strip indicator.
    let isCut = !text.isEmpty && !text.hasSuffix("\n") && !mark.contains("-")
    // Members are indented by two columns, and their lines by two more.
    head = String(mark.filter { !isCut || $0 != "+" }.map { $0.isNumber ? "2" : $0 }) + (isCut ? "-" : "")
    if !head.contains("+") { while rest.last == "" { rest.removeLast() } }
    self.rest = rest
  }

  /// Returns the indentation of the first line that is not empty.
  private static func indentation(_ lines: ArraySlice<some StringProtocol>) -> Int {
    lines.first { $0.contains { $0 != " " } }?.prefix { $0 == " " }.count ?? 0
  }
}
