/// The change of a text file in the format of `diff -u`, with three lines of context.
package struct UnifiedDiff: Sendable {
  /// The two lines with the file's names.
  package let header: [String]
  /// The lines of the hunks, each with the mark of a missing newline after it; none if the texts are equal.
  package let hunks: [String]

  /// Compares two texts; `old` is `nil` for a new file.
  package init(path: String, old: String?, new: String) {
    header = [old == nil ? "--- /dev/null" : "--- \(path)", "+++ \(path)"]
    hunks = Self.hunks(of: Self.changes(from: Self.lines(of: old ?? ""), to: Self.lines(of: new)))
  }

  /// Bytes, because strings that differ only in Unicode normalization are equal.
  fileprivate typealias Line = ArraySlice<UInt8>

  private enum Kind: String {
    case kept = " "
    case removed = "-"
    case added = "+"
  }

  private struct Change {
    var kind: Kind
    var line: Line
  }

  private static let contextLines = 3

  /// Returns the lines of a text. A missing newline at the end is marked, because adding one is a change, too.
  private static func lines(of text: String) -> [Line] {
    guard !text.isEmpty else { return [] }
    var lines = Array(text.utf8).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if lines.last == [] {
      lines.removeLast()
    } else {
      lines[lines.count - 1] += Array("\n\\ No newline at end of file".utf8)
    }
    return lines
  }

  private static func changes(from old: [Line], to new: [Line]) -> [Change] {
    var changes: [Change] = []
    var (left, right) = (0, 0)
    var budget = Limits.diffComparisonsMax
    for anchor in PatienceAnchors.find(old, new) + [PatienceAnchors.Anchor(old: old.count, new: new.count)] {
      changes += stretch(old[left..<anchor.old], new[right..<anchor.new], &budget)
      guard anchor.old < old.count else { break }
      changes.append(Change(kind: .kept, line: old[anchor.old]))
      (left, right) = (anchor.old + 1, anchor.new + 1)
    }
    return changes
  }

  /// Returns the changes between two anchors, after removing the common prefix and suffix.
  private static func stretch(
    _ old: ArraySlice<Line>, _ new: ArraySlice<Line>, _ budget: inout Int
  ) -> [Change] {
    let start = zip(old, new).prefix { $0 == $1 }.count
    let end = zip(old.dropFirst(start).reversed(), new.dropFirst(start).reversed()).prefix { $0 == $1 }.count
    return all(.kept, old.prefix(start))
      + middle(Array(old.dropFirst(start).dropLast(end)), Array(new.dropFirst(start).dropLast(end)), &budget)
      + all(.kept, old.suffix(end))
  }

  private static func all(_ kind: Kind, _ lines: some Sequence<Line>) -> [Change] {
    lines.map { Change(kind: kind, line: $0) }
  }

  private static func middle(_ old: [Line], _ new: [Line], _ budget: inout Int) -> [Change] {
    let (comparisons, isTooLarge) = (old.count + new.count).multipliedReportingOverflow(by: old.count + new.count)
    guard !old.isEmpty, !new.isEmpty, !isTooLarge, comparisons <= budget else {
      return all(.removed, old) + all(.added, new)
    }
    budget -= comparisons
    var removed: Set<Int> = []
    var inserted: Set<Int> = []
    for change in new.difference(from: old) {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): inserted.insert(offset)
      }
    }
    var changes: [Change] = []
    var (left, right) = (0, 0)
    while left < old.count || right < new.count {
      if removed.contains(left) {
        changes.append(Change(kind: .removed, line: old[left]))
        left += 1
      } else if inserted.contains(right) {
        changes.append(Change(kind: .added, line: new[right]))
        right += 1
      } else {
        changes.append(Change(kind: .kept, line: old[left]))
        left += 1
        right += 1
      }
    }
    return changes
  }

  /// Returns the lines of the hunks: changed lines with their context, joined if they overlap, after a line with their
  /// numbers.
  private static func hunks(of changes: [Change]) -> [String] {
    var ranges: [Range<Int>] = []
    for index in changes.indices where changes[index].kind != .kept {
      let range = max(0, index - contextLines)..<min(changes.count, index + contextLines + 1)
      if let last = ranges.last, last.upperBound >= range.lowerBound {
        ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
      } else {
        ranges.append(range)
      }
    }
    var lines: [String] = []
    // The number of lines before the hunk in both texts.
    var (old, new, end) = (0, 0, 0)
    for range in ranges {
      old += range.lowerBound - end
      new += range.lowerBound - end
      let hunk = changes[range]
      let (removed, added) = (
        span(of: hunk, without: .added, after: &old), span(of: hunk, without: .removed, after: &new)
      )
      lines.append("@@ -\(removed) +\(added) @@")
      lines += hunk.map { $0.kind.rawValue + String(decoding: $0.line, as: UTF8.self) }
      end = range.upperBound
    }
    return lines
  }

  /// Returns the first line and the number of lines of a hunk in one of the texts, and advances the number of lines
  /// before the next one.
  private static func span(of hunk: ArraySlice<Change>, without kind: Kind, after before: inout Int) -> String {
    let count = hunk.count { $0.kind != kind }
    defer { before += count }
    return "\(count == 0 ? before : before + 1),\(count)"
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
  static func find(_ old: [UnifiedDiff.Line], _ new: [UnifiedDiff.Line]) -> [Anchor] {
    let (left, right) = (uniqueLines(old), uniqueLines(new))
    let pairs = left.compactMap { line, index in right[line].map { Anchor(old: index, new: $0) } }
      .sorted { $0.old < $1.old }
    return longestRise(pairs)
  }

  private static func uniqueLines(_ lines: [UnifiedDiff.Line]) -> [UnifiedDiff.Line: Int] {
    var indices: [UnifiedDiff.Line: Int] = [:]
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
