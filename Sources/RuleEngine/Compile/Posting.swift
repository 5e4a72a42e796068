/// A rule, as it stands in the list of each name or text by which it is found.
struct Posting {
  /// The rule's place in the file.
  var rule: UInt32
  var isShadow: Bool
  var gate: Gate
  /// What is left to ask, as an index of `CompiledRules.conditions`; nil where the name and the gate say all.
  var condition: Int32?

  /// Whether a later rule in the same list never gets its turn.
  func takesAll(of other: Posting) -> Bool { !isShadow && condition == nil && gate.covers(other.gate) }
}

/// Lists of postings, each in the order of the rules, by the number of the name or the pattern that leads there.
struct PostingLists {
  private var starts: [UInt32]
  private var postings: [Posting]

  /// Lays out `lists`.
  init(_ lists: [[Posting]]) {
    starts = [0]
    postings = []
    starts.reserveCapacity(lists.count + 1)
    postings.reserveCapacity(lists.reduce(0) { $0 + $1.count })
    for list in lists {
      postings += list
      starts.append(UInt32(postings.count))
    }
  }

  /// The postings of a number; none where it is unknown.
  subscript(number: UInt32) -> Range<Int> {
    guard number < starts.count - 1 else { return 0..<0 }
    return Int(starts[Int(number)])..<Int(starts[Int(number) + 1])
  }

  subscript(index: Int) -> Posting { postings[index] }

  var isEmpty: Bool { postings.isEmpty }
}
