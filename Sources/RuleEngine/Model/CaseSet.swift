/// A set of the cases of a small enumeration, one bit for each: a byte where a `Set` is an allocation.
///
/// It is asked and built like a `Set`, and goes through its cases in the order in which they are declared. What other
/// rooms call of it is inlinable: generic code that is not made for its case looks up everything about it each time.
package struct CaseSet<Case: CaseIterable & Equatable & Sendable>: SetAlgebra, Sequence, Hashable, Sendable {
  /// Of at most eight cases, the first declared is the lowest bit.
  @usableFromInline var bits: UInt8

  @inlinable init(bits: UInt8) { self.bits = bits }

  @inlinable static func bit(_ element: Case) -> UInt8 {
    var bit: UInt8 = 1
    for other in Case.allCases {
      if other == element { return bit }
      bit <<= 1
    }
    return 0
  }

  /// The empty set.
  @inlinable package init() { bits = 0 }

  /// Whether it holds a case.
  @inlinable package func contains(_ member: Case) -> Bool { bits & Self.bit(member) != 0 }

  /// Whether it holds none.
  @inlinable package var isEmpty: Bool { bits == 0 }

  /// Its cases, in the order in which they are declared.
  package func makeIterator() -> some IteratorProtocol<Case> {
    Case.allCases.lazy.filter { contains($0) }.makeIterator()
  }

  /// Adds a case; says whether it is new.
  @discardableResult @inlinable
  package mutating func insert(_ newMember: Case) -> (inserted: Bool, memberAfterInsert: Case) {
    defer { bits |= Self.bit(newMember) }
    return (!contains(newMember), newMember)
  }

  /// Adds a case; returns it where it was there already.
  @discardableResult
  package mutating func update(with newMember: Case) -> Case? {
    insert(newMember).inserted ? nil : newMember
  }

  /// Takes a case away; returns it where it was there.
  @discardableResult
  package mutating func remove(_ member: Case) -> Case? {
    defer { bits &= ~Self.bit(member) }
    return contains(member) ? member : nil
  }

  /// What is in either.
  @inlinable package func union(_ other: Self) -> Self { Self(bits: bits | other.bits) }

  /// What is in both.
  @inlinable package func intersection(_ other: Self) -> Self { Self(bits: bits & other.bits) }

  /// What is in one of them only.
  @inlinable package func symmetricDifference(_ other: Self) -> Self { Self(bits: bits ^ other.bits) }

  /// Adds what is in the other.
  package mutating func formUnion(_ other: Self) { bits |= other.bits }

  /// Keeps what is in the other as well.
  package mutating func formIntersection(_ other: Self) { bits &= other.bits }

  /// Keeps what is in one of them only.
  package mutating func formSymmetricDifference(_ other: Self) { bits ^= other.bits }
}
