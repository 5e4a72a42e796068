/// What differs between two texts, as `diff -u` prints it.
package enum LineDiff {
  /// The differences of `old` and `new`, with three lines around each; empty where there are none.
  package static func unified(_ old: String, _ new: String, file: String) -> String {
    let changes = changes(lines(old), lines(new))
    guard changes.contains(where: { $0.sign != " " }) else { return "" }
    var text = "--- \(file)\n+++ \(file)\n"
    // The numbers of lines before the hunk, in the old text and in the new one.
    var (old, new, end) = (0, 0, 0)
    for range in hunks(changes) {
      for change in changes[end..<range.lowerBound] {
        if change.sign != "+" { old += 1 }
        if change.sign != "-" { new += 1 }
      }
      text += hunk(changes[range], old: &old, new: &new)
      end = range.upperBound
    }
    return text
  }

  private struct Change {
    /// As in the output: a space, `-` or `+`.
    var sign: Character
    var line: Substring
  }

  private static let contextLines = 3

  private static func lines(_ text: String) -> [Substring] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.last == "" ? lines.dropLast() : lines
  }

  private static func changes(_ old: [Substring], _ new: [Substring]) -> [Change] {
    var changes: [Change] = []
    var (left, right) = (0, 0)
    for anchor in PatienceAnchors.find(old, new) + [PatienceAnchors.Anchor(old: old.count, new: new.count)] {
      changes += stretch(old[left..<anchor.old], new[right..<anchor.new])
      guard anchor.old < old.count else { break }
      changes.append(Change(sign: " ", line: old[anchor.old]))
      (left, right) = (anchor.old + 1, anchor.new + 1)
    }
    return changes
  }

  /// The changes between two anchors: what both begin and end with is the same.
  private static func stretch(_ old: ArraySlice<Substring>, _ new: ArraySlice<Substring>) -> [Change] {
    let start = zip(old, new).prefix { $0 == $1 }.count
    let end = zip(old.dropFirst(start).reversed(), new.dropFirst(start).reversed()).prefix { $0 == $1 }.count
    func same(_ lines: ArraySlice<Substring>) -> [Change] { lines.map { Change(sign: " ", line: $0) } }
    return same(old.prefix(start))
      + middle(Array(old.dropFirst(start).dropLast(end)), Array(new.dropFirst(start).dropLast(end)))
      + same(old.suffix(end))
  }

  private static func middle(_ old: [Substring], _ new: [Substring]) -> [Change] {
    // The search for the fewest changes takes time that grows with the square of the lines.
    guard old.count + new.count <= Limits.comparedLinesMax else {
      return old.map { Change(sign: "-", line: $0) } + new.map { Change(sign: "+", line: $0) }
    }
    let difference = new.difference(from: old)
    var removed: Set<Int> = []
    var inserted: Set<Int> = []
    for change in difference {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): inserted.insert(offset)
      }
    }
    var changes: [Change] = []
    var (left, right) = (0, 0)
    while left < old.count || right < new.count {
      if removed.contains(left) {
        changes.append(Change(sign: "-", line: old[left]))
        left += 1
      } else if inserted.contains(right) {
        changes.append(Change(sign: "+", line: new[right]))
        right += 1
      } else {
        changes.append(Change(sign: " ", line: old[left]))
        left += 1
        right += 1
      }
    }
    return changes
  }

  /// Stretches of changes with what stands around them; those that touch are one.
  private static func hunks(_ changes: [Change]) -> [Range<Int>] {
    var hunks: [Range<Int>] = []
    for index in changes.indices where changes[index].sign != " " {
      let range = max(0, index - contextLines)..<min(changes.count, index + contextLines + 1)
      if let last = hunks.last, last.upperBound >= range.lowerBound {
        hunks[hunks.count - 1] = last.lowerBound..<range.upperBound
      } else {
        hunks.append(range)
      }
    }
    return hunks
  }

  /// The text of a hunk; the numbers of lines before it become those before what follows.
  private static func hunk(_ changes: ArraySlice<Change>, old: inout Int, new: inout Int) -> String {
    func side(_ before: inout Int, without sign: Character) -> String {
      let count = changes.count { $0.sign != sign }
      defer { before += count }
      return "\(count == 0 ? before : before + 1),\(count)"
    }
    let lines = changes.map { "\($0.sign)\($0.line)\n" }.joined()
    return "@@ -\(side(&old, without: "+")) +\(side(&new, without: "-")) @@\n" + lines
  }
}
