/// The difference of two texts in the format of `diff -u`.
package enum LineDiff {
  /// Returns the difference with three lines of context; empty if the texts are equal.
  package static func unified(_ old: String, _ new: String, file: String) -> String {
    let changes = changes(lines(old), lines(new))
    guard changes.contains(where: { $0.sign != " " }) else { return "" }
    var text = "--- \(file)\n+++ \(file)\n"
    // The number of lines before the hunk in both texts.
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
    /// A space, `-` or `+`, as in the output.
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

  /// Returns the changes between two anchors, after removing the common prefix and suffix.
  private static func stretch(_ old: ArraySlice<Substring>, _ new: ArraySlice<Substring>) -> [Change] {
    let start = zip(old, new).prefix { $0 == $1 }.count
    let end = zip(old.dropFirst(start).reversed(), new.dropFirst(start).reversed()).prefix { $0 == $1 }.count
    func same(_ lines: ArraySlice<Substring>) -> [Change] { lines.map { Change(sign: " ", line: $0) } }
    return same(old.prefix(start))
      + middle(Array(old.dropFirst(start).dropLast(end)), Array(new.dropFirst(start).dropLast(end)))
      + same(old.suffix(end))
  }

  private static func middle(_ old: [Substring], _ new: [Substring]) -> [Change] {
    // The time of the search for the fewest changes grows with the square of the lines.
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

  /// Returns the ranges of changes with their context, joined if they overlap.
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

  /// Returns the text of a hunk, and advances the line numbers.
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

/// Finds the lines that occur once in each of two texts and in the same order, which divide the search for changes (the
/// patience diff). It takes the time of sorting the lines.
private enum PatienceAnchors {
  /// The index of a line in both texts.
  struct Anchor: Equatable {
    var old: Int
    var new: Int
  }

  /// Returns the longest list of anchors that are in order.
  static func find(_ old: [Substring], _ new: [Substring]) -> [Anchor] {
    let (left, right) = (uniqueLines(old), uniqueLines(new))
    let pairs = left.compactMap { line, index in right[line].map { Anchor(old: index, new: $0) } }
      .sorted { $0.old < $1.old }
    return longestRise(pairs)
  }

  private static func uniqueLines(_ lines: [Substring]) -> [Substring: Int] {
    var indices: [Substring: Int] = [:]
    for (index, line) in lines.enumerated() { indices[line] = indices[line] == nil ? index : -1 }
    return indices.filter { $0.value >= 0 }
  }

  /// Returns the longest subsequence of `pairs` with increasing new indices, by patience sorting: each pair goes on the
  /// leftmost pile whose top is not smaller, and stores the top of the pile to its left.
  private static func longestRise(_ pairs: [Anchor]) -> [Anchor] {
    var tops: [Int] = []
    var previous = [Int?](repeating: nil, count: pairs.count)
    for (index, pair) in pairs.enumerated() {
      var (low, high) = (0, tops.count)
      while low < high {
        let middle = (low + high) / 2
        if pairs[tops[middle]].new < pair.new { low = middle + 1 } else { high = middle }
      }
      previous[index] = low > 0 ? tops[low - 1] : nil
      if low == tops.count { tops.append(index) } else { tops[low] = index }
    }
    var rise: [Anchor] = []
    var next = tops.last
    while let index = next {
      rise.append(pairs[index])
      next = previous[index]
    }
    return rise.reversed()
  }
}
