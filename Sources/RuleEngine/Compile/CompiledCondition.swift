/// A condition ready to be asked: names are numbers, and what few conditions have stands elsewhere.
struct CompiledCondition {
  var gate: Gate
  var channels = NumberSet.everything
  var users = NumberSet.everything
  var teams = NumberSet.everything
  var commands = NumberSet.everything
  /// Where the rest of it stands in `CompiledRules.rests`; nil where there is none.
  var rest: Int32?
}

/// The conditions that few rules have.
struct Rest {
  var time: TimeWindow?
  var not: [CompiledCondition]
  var any: [CompiledCondition]
  /// All of these; of the patterns of each, any.
  var text: [[Int]]

  var isEmpty: Bool { time == nil && not.isEmpty && any.isEmpty && text.isEmpty }
}

/// Numbers of names, as a stretch of one sorted list that all sets share.
struct NumberSet: Equatable {
  var start: UInt32
  var end: UInt32

  /// The set of everything, names that have no number included.
  static let everything = NumberSet(start: .max, end: .max)

  var isEverything: Bool { self == .everything }

  /// The numbers themselves; none where it is everything.
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
