import ConfigLoader

/// Attaches each comment to a value.
///
/// A comment after a value on its line belongs to it. One on a line of its own belongs to the value below, unless it is
/// indented further: then it belongs to the end of the list or map above.
enum CommentAttachment {
  /// A member with lines of its own: in a block, or in brackets that contain comments.
  private struct Unit {
    let member: SyntaxMember
    /// The list or map of the member.
    let container: SyntaxNode
    /// The index of the unit whose value is the container.
    let parent: Int?
  }

  static func attach(_ comments: [Comment], in root: SyntaxNode) {
    open(root, around: comments)
    var units: [Unit] = []
    collect(root, parent: nil, into: &units)
    var next = 0
    for comment in comments {
      while next < units.count, units[next].member.start < comment.start { next += 1 }
      attach(comment, root, units, next: next)
    }
  }

  /// Turns brackets that contain comments into blocks, where comments can be written.
  private static func open(_ node: SyntaxNode, around comments: [Comment]) {
    if node.isFlow, !node.members.isEmpty {
      let first = comments.partitioningIndex { $0.start > node.span.start }
      if first < comments.count, comments[first].start < node.span.end { node.isFlow = false }
    }
    for member in node.members { open(member.value, around: comments) }
  }

  private static func collect(_ node: SyntaxNode, parent: Int?, into units: inout [Unit]) {
    guard !node.isFlow else { return }
    for member in node.members {
      units.append(Unit(member: member, container: node, parent: parent))
      collect(member.value, parent: units.count - 1, into: &units)
    }
  }

  private static func attach(_ comment: Comment, _ root: SyntaxNode, _ units: [Unit], next: Int) {
    let following = next < units.count ? units[next] : nil
    guard next > 0 else {
      following?.member.above.append(comment)
      return
    }
    let previous = units[next - 1]
    let line = comment.start.line
    if !comment.isOwnLine,
      previous.member.start.line == line || previous.member.lastLine == line
        || previous.container.isBracketed && previous.container.span.end.line == line
    {
      previous.member.setTrailing(comment)
      return
    }
    // After a dash alone.
    if !comment.isOwnLine, let following {
      following.member.above.append(comment)
      return
    }
    // Above the first member of the previous one's value.
    if let following, following.parent == next - 1 {
      following.member.above.append(comment)
    } else if let ended = containerEnded(by: comment, before: following, after: next - 1, units) {
      ended.foot.append(comment)
    } else if let following {
      following.member.above.append(comment)
    } else {
      root.foot.append(comment)
    }
  }

  /// Returns the list or map that the comment ends: of those that end above it, the innermost whose members are not
  /// indented further.
  private static func containerEnded(
    by comment: Comment, before following: Unit?, after index: Int, _ units: [Unit]
  ) -> SyntaxNode? {
    var ended: [SyntaxNode] = []
    var unit: Unit? = units[index]
    while let current = unit, current.container !== following?.container {
      ended.append(current.container)
      unit = current.parent.map { units[$0] }
    }
    // Inside brackets the column has no meaning.
    if let brackets = ended.first(where: { $0.isBracketed && comment.start < $0.span.end }) { return brackets }
    ended.removeAll { $0.isBracketed }
    if let following, comment.start.column <= following.container.column { return nil }
    return ended.first { $0.column <= comment.start.column } ?? ended.last
  }
}

extension Array {
  /// Returns the first index for which the condition holds, in an array where it holds for all later elements as well.
  fileprivate func partitioningIndex(where belongsInSecondPartition: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if belongsInSecondPartition(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
