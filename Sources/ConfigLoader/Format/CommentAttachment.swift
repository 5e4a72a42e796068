/// Finds for each comment the value that it belongs to.
///
/// A comment behind something belongs to it. One on a line of its own belongs to what stands below, unless it stands
/// further in than that: then it closes the list or map that ends above it.
enum CommentAttachment {
  /// A member that has lines of its own, since it is in no brackets or in such as hold comments.
  private struct Unit {
    let member: SyntaxMember
    /// The list or map that it is a member of.
    let container: SyntaxNode
    /// The unit in whose value that stands.
    let parent: Int?
  }

  static func place(_ comments: [Comment], in root: SyntaxNode) {
    open(root, around: comments)
    var units: [Unit] = []
    collect(root, parent: nil, into: &units)
    var next = 0
    for comment in comments {
      while next < units.count, units[next].member.start < comment.start { next += 1 }
      place(comment, root, units, next: next)
    }
  }

  /// Brackets with comments in them are written as blocks, where comments have a place.
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

  private static func place(_ comment: Comment, _ root: SyntaxNode, _ units: [Unit], next: Int) {
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
      previous.member.trail(comment)
      return
    }
    // Behind a dash alone.
    if !comment.isOwnLine, let following {
      following.member.above.append(comment)
      return
    }
    // Above the first member of what the previous one holds.
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

  /// The list or map that the comment closes: of those that end above it, the innermost whose members do not stand
  /// further in.
  private static func containerEnded(
    by comment: Comment, before following: Unit?, after index: Int, _ units: [Unit]
  ) -> SyntaxNode? {
    var ended: [SyntaxNode] = []
    var unit: Unit? = units[index]
    while let current = unit, current.container !== following?.container {
      ended.append(current.container)
      unit = current.parent.map { units[$0] }
    }
    // Inside of brackets the place in the line means nothing.
    if let brackets = ended.first(where: { $0.isBracketed && comment.start < $0.span.end }) { return brackets }
    ended.removeAll { $0.isBracketed }
    if let following, comment.start.column <= following.container.column { return nil }
    return ended.first { $0.column <= comment.start.column } ?? ended.last
  }
}

extension Array {
  /// The first index from which on `isBehind` holds, in an array where it holds to the end from some element on.
  fileprivate func partitioningIndex(where isBehind: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
