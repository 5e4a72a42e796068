/// The change of a text file in the format of `diff -u`, with three lines of context.
struct UnifiedDiff {
  /// The diff, without a newline at its end.
  let text: String

  /// Compares two texts; `old` is `nil` for a new file.
  init(path: String, old: String?, new: String) {
    let name = path.isEmpty ? "file" : path
    let edits = Self.edits(from: Self.lines(of: old ?? ""), to: Self.lines(of: new))
    let head = [old == nil ? "--- /dev/null" : "--- \(name)", "+++ \(name)"]
    let body = Self.hunks(of: edits)
    text = (head + (body.isEmpty ? ["(no change)"] : body)).joined(separator: "\n")
  }

  private enum Kind: String {
    case kept = " "
    case removed = "-"
    case added = "+"
  }

  /// Bytes, because strings that differ only in Unicode normalization are equal.
  private typealias Line = [UInt8]
  private typealias Edit = (kind: Kind, line: Line)

  /// Returns the lines of a text. A missing newline at the end is marked, because adding one is a change, too.
  private static func lines(of text: String) -> [Line] {
    guard !text.isEmpty else { return [] }
    var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
    if lines.last == [] {
      lines.removeLast()
    } else {
      lines[lines.count - 1] += Array("\n\\ No newline at end of file".utf8)
    }
    return lines
  }

  private static func edits(from old: [Line], to new: [Line]) -> [Edit] {
    let start = zip(old, new).prefix { $0 == $1 }.count
    let end = zip(old[start...].reversed(), new[start...].reversed()).prefix { $0 == $1 }.count
    let (removed, added) = (old[start..<old.count - end], new[start..<new.count - end])
    return old[..<start].map { (.kept, $0) } + changes(from: Array(removed), to: Array(added))
      + old[(old.count - end)...].map { (.kept, $0) }
  }

  private static func changes(from old: [Line], to new: [Line]) -> [Edit] {
    // Time and memory grow with the square of both texts together (E. W. Myers, An O(ND) Difference Algorithm). Beyond
    // the limit, all of one text is replaced by all of the other.
    let count = old.count + new.count
    guard !old.isEmpty, !new.isEmpty, count * count <= Limits.diffComparisonsMax else {
      return old.map { (.removed, $0) } + new.map { (.added, $0) }
    }
    let difference = new.difference(from: old)
    var removals = Set<Int>()
    var insertions = Set<Int>()
    for change in difference {
      switch change {
      case .remove(let offset, _, _): removals.insert(offset)
      case .insert(let offset, _, _): insertions.insert(offset)
      }
    }
    var edits: [Edit] = []
    var (i, j) = (0, 0)
    while i < old.count || j < new.count {
      if removals.contains(i) {
        edits.append((.removed, old[i]))
        i += 1
      } else if insertions.contains(j) {
        edits.append((.added, new[j]))
        j += 1
      } else {
        edits.append((.kept, old[i]))
        i += 1
        j += 1
      }
    }
    return edits
  }

  /// Returns the hunks: changed lines with their context, after a header with line numbers.
  private static func hunks(of edits: [Edit]) -> [String] {
    var shown = [Bool](repeating: false, count: edits.count)
    for index in edits.indices where edits[index].kind != .kept {
      for near in max(0, index - contextLines)...min(edits.count - 1, index + contextLines) { shown[near] = true }
    }
    var text: [String] = []
    var (oldLine, newLine) = (1, 1)
    var index = 0
    while index < edits.count {
      guard shown[index] else {
        (oldLine, newLine, index) = (oldLine + 1, newLine + 1, index + 1)
        continue
      }
      let hunk = edits[index...].indices.prefix { shown[$0] }.map { edits[$0] }
      let (oldCount, newCount) = (hunk.count { $0.kind != .added }, hunk.count { $0.kind != .removed })
      text.append("@@ -\(range(oldLine, oldCount)) +\(range(newLine, newCount)) @@")
      text += hunk.map { $0.kind.rawValue + String(decoding: $0.line, as: UTF8.self) }
      (oldLine, newLine, index) = (oldLine + oldCount, newLine + newCount, index + hunk.count)
    }
    return text
  }

  private static func range(_ start: Int, _ count: Int) -> String { "\(count == 0 ? start - 1 : start),\(count)" }

  private static let contextLines = 3
}
