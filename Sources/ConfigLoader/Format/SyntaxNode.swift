/// A value as a file writes it: its spelling, its anchor, and the comments that belong to it.
///
/// A class, because comments find their value by its place, wherever in the tree it hangs.
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
  /// Whether the file has it in brackets.
  let isBracketed: Bool
  /// Whether it is to be written in brackets, as long as it fits a line.
  var isFlow: Bool
  /// The items of a list, the entries of a map.
  var members: [SyntaxMember] = []
  /// Comments below the last member, as far in as the members.
  var foot: [Comment] = []

  init(_ kind: Kind, anchor: String?, span: SourceSpan, isBracketed: Bool = false) {
    self.kind = kind
    self.anchor = anchor
    self.span = span
    self.isBracketed = isBracketed
    isFlow = isBracketed
  }

  /// The column of its members: where a comment stands that belongs to them.
  var column: Int {
    guard let first = members.first else { return span.start.column }
    // An anchor stands where the key does, not where the members do.
    if case .list = kind { return anchor == nil ? span.start.column : first.start.column - 2 }
    return first.start.column
  }
}

/// An item of a list or an entry of a map, with the comments at it.
final class SyntaxMember {
  /// The key's text and its spelling; nil for an item.
  let key: (name: String, written: String)?
  let value: SyntaxNode
  let start: SourcePosition
  /// Whether an empty line stands above, between it and the comments above it where there are any.
  let hasBlankAbove: Bool
  /// Comments on lines of their own above it.
  var above: [Comment] = []
  /// The comment behind it on its line.
  var trailing: Comment?

  init(key: (name: String, written: String)?, value: SyntaxNode, start: SourcePosition, hasBlankAbove: Bool) {
    self.key = key
    self.value = value
    self.start = start
    self.hasBlankAbove = hasBlankAbove
  }

  /// The last line on which something of it stands, its members left out.
  var lastLine: Int {
    switch value.kind {
    case .list, .map: value.isFlow ? value.span.end.line : start.line
    case .scalar(let scalar): scalar.isBlock ? value.span.start.line : value.span.end.line
    case .alias: value.span.end.line
    }
  }

  /// Puts a comment behind it. Of several, the earlier go above.
  func trail(_ comment: Comment) {
    if let earlier = trailing { above.append(earlier) }
    trailing = comment
  }
}

/// A comment, from its `#` to the end of the line.
struct Comment: Equatable {
  var text: String
  var start: SourcePosition
  /// Whether it has a line of its own.
  var isOwnLine: Bool
  /// Whether an empty line stands above it.
  var hasBlankAbove: Bool
}
