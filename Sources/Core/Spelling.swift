/// Suggestions for mistyped names.
package enum Spelling {
  /// Unicode scalars of a name that are compared: the work grows with the square of the length.
  static let lengthMax = 64

  /// Returns the candidate nearest to `word`, or `nil` if none is near enough to be a likely slip: at most a third of
  /// its letters, and at most three, wrong, missing, doubled or exchanged. Of equally near candidates, the first.
  package static func nearest(to word: some StringProtocol, among candidates: some Sequence<String>) -> String? {
    let typed = Array(word.lowercased().unicodeScalars.prefix(lengthMax))
    let allowed = min(3, max(1, typed.count / 3))
    var best: (distance: Int, candidate: String)?
    for candidate in candidates {
      let distance = distance(typed, Array(candidate.lowercased().unicodeScalars.prefix(lengthMax)))
      if distance <= allowed, distance < best?.distance ?? .max { best = (distance, candidate) }
    }
    return best?.candidate
  }

  /// Returns the optimal string alignment distance: insertions, deletions, substitutions and transpositions.
  private static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var cost = min(row[j] + 1, last[j + 1] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
        row.append(cost)
      }
      (beforeLast, last) = (last, row)
    }
    return last[b.count]
  }
}
