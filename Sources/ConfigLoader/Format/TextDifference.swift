/// What differs between two texts, as `diff -u` prints it.
public enum TextDifference {
  /// The differences of `old` and `new`, with three lines around each; empty where there are none.
  public static func unified(_ old: String, _ new: String, file: String) -> String {
    let changes = changes(lines(old), lines(new))
    guard changes.contains(where: { $0.sign != " " }) else { return "" }
    var text = "--- \(file)\n+++ \(file)\n"
    for range in hunks(changes) { text += hunk(changes, range) }
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
    let start = zip(old, new).prefix { $0 == $1 }.count
    let end = zip(old[start...].reversed(), new[start...].reversed()).prefix { $0 == $1 }.count
    let before = old[start..<old.count - end]
    let after = new[start..<new.count - end]
    return old[..<start].map { Change(sign: " ", line: $0) } + middle(Array(before), Array(after))
      + old[(old.count - end)...].map { Change(sign: " ", line: $0) }
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

  private static func hunk(_ changes: [Change], _ range: Range<Int>) -> String {
    func side(_ sign: Character) -> String {
      let before = changes[..<range.lowerBound].count { $0.sign != sign }
      let count = changes[range].count { $0.sign != sign }
      return "\(count == 0 ? before : before + 1),\(count)"
    }
    let lines = changes[range].map { "\($0.sign)\($0.line)\n" }.joined()
    return "@@ -\(side("+")) +\(side("-")) @@\n" + lines
  }
}
