/// Lines that stand once in each of two texts, in the same order in both: the ends of the stretches in which the fewest
/// changes are looked for (the patience diff). They are found in the time that sorting the lines takes.
enum PatienceAnchors {
  /// The index of one line in both texts.
  struct Anchor: Equatable {
    var old: Int
    var new: Int
  }

  /// Returns as many anchors as keep their order, in that order.
  static func find(_ old: [Substring], _ new: [Substring]) -> [Anchor] {
    let (left, right) = (uniqueLines(old), uniqueLines(new))
    let pairs = left.compactMap { line, index in right[line].map { Anchor(old: index, new: $0) } }
      .sorted { $0.old < $1.old }
    return longestRise(pairs)
  }

  private static func uniqueLines(_ lines: [Substring]) -> [Substring: Int] {
    var places: [Substring: Int] = [:]
    for (index, line) in lines.enumerated() { places[line] = places[line] == nil ? index : -1 }
    return places.filter { $0.value >= 0 }
  }

  /// Returns the longest part of `pairs` in which the new places rise, by patience sorting: each pair is laid on the
  /// leftmost pile whose top is not below it, and remembers the top of the pile to the left.
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
