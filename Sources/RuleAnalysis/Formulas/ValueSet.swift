/// A set of names, as numbers: a list of them, or all others.
///
/// There are always more users, channels, teams and commands than a file names.
struct ValueSet: Sendable, Hashable {
  /// The number of every name that no set contains.
  static let other = -1

  private(set) var values: Set<Int>
  /// True if the set contains all values except `values`.
  private(set) var isComplement = false

  static let all = ValueSet([]).complement

  init(_ values: Set<Int>) { self.values = values }

  var complement: ValueSet {
    var complement = self
    complement.isComplement.toggle()
    return complement
  }

  var isEmpty: Bool { !isComplement && values.isEmpty }

  /// The steps of a comparison with it.
  var cost: Int { 1 + values.count / 8 }

  /// The values, or `nil` if the set is a complement.
  var listed: Set<Int>? { isComplement ? nil : values }

  var isListed: Bool { !isComplement }

  /// The value for an example.
  var first: Int { isComplement ? Self.other : values.min() ?? Self.other }

  func contains(_ value: Int) -> Bool { values.contains(value) != isComplement }

  func isDisjoint(with set: ValueSet) -> Bool {
    switch (isComplement, set.isComplement) {
    case (false, false): values.isDisjoint(with: set.values)
    case (false, true): values.isSubset(of: set.values)
    case (true, false): set.values.isSubset(of: values)
    case (true, true): false
    }
  }

  func isSubset(of set: ValueSet) -> Bool { isDisjoint(with: set.complement) }

  mutating func formIntersection(_ set: ValueSet) {
    switch (isComplement, set.isComplement) {
    case (false, false): values.formIntersection(set.values)
    case (false, true): values.subtract(set.values)
    case (true, false): self = ValueSet(set.values.subtracting(values))
    case (true, true): values.formUnion(set.values)
    }
  }
}
