/// A condition ready to be evaluated: names are numbers, and rare requirements are stored apart.
struct CompiledCondition {
  var gate: Gate
  var names = ByName { _ in NumberSet.everything }
  /// The index of its rare requirements in `CompiledRules.rests`; `nil` if there is none.
  var rest: Int32?
}

/// The requirements that are rare.
struct Rest {
  var time: TimeWindow?
  var not: [CompiledCondition]
  var any: [CompiledCondition]
  /// All of these; of the patterns of each, any.
  var text: [[Int]]

  var isEmpty: Bool { time == nil && not.isEmpty && any.isEmpty && text.isEmpty }
}

/// Numbers of names, as a range of one sorted list that all sets share.
struct NumberSet: Equatable {
  var start: UInt32
  var end: UInt32

  /// The set of all names, those included that have no number.
  static let everything = NumberSet(start: .max, end: .max)

  var isEverything: Bool { self == .everything }

  /// Returns the numbers; none if the set contains everything.
  func elements(in numbers: [UInt32]) -> ArraySlice<UInt32> { isEverything ? [] : numbers[Int(start)..<Int(end)] }

  func contains(_ number: UInt32, in numbers: [UInt32]) -> Bool {
    if isEverything { return true }
    var low = Int(start)
    var high = Int(end)
    while low < high {
      let middle = (low + high) / 2
      if numbers[middle] < number { low = middle + 1 } else { high = middle }
    }
    return low < Int(end) && numbers[low] == number
  }
}

/// The requirements on facts with few values, tested by two comparisons.
struct Gate {
  /// The values that exclude a match.
  private(set) var forbidden: FactBits
  /// The values of which a match has at least one.
  private(set) var required = FactBits.anything

  init(_ condition: Condition) {
    forbidden = condition.forbidden
    let reach = condition.mention ?? .direct
    if let triggers = condition.triggers {
      required = FactBits(triggers.map { .trigger($0, reach: reach) })
    }
    // Beside the trigger `mention`, the reach only says which mentions count for it.
    if condition.mention != nil, condition.triggers?.contains(.mention) != true {
      forbidden.formUnion(.everyMention.subtracting(.mentions(within: reach)))
    }
  }

  /// The values that the gate distinguishes from others of their fact.
  var tested: FactBits { forbidden.union(required) }

  func admits(_ facts: FactBits) -> Bool { facts.isDisjoint(with: forbidden) && !facts.isDisjoint(with: required) }

  /// Returns whether this gate admits every event that `other` admits, as far as the bits show.
  func covers(_ other: Gate) -> Bool {
    forbidden.isSubset(of: other.forbidden)
      && (required.contains(.anything) || other.required.isSubset(of: required))
  }

  /// Returns the narrowest gate that admits every event that either gate admits.
  func union(_ other: Gate) -> Gate {
    var union = self
    union.forbidden.formIntersection(other.forbidden)
    union.required.formUnion(other.required)
    return union
  }
}
