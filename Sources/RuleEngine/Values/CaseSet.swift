/// A set of the cases of a small enumeration, one bit for each: one byte, without the allocation of a `Set`.
///
/// It is used like a `Set`, and iterates its cases in the order of their declaration. The parts that other targets call
/// are inlinable, and the cases an array: unspecialized generic code would look up the enumeration's metadata each time.
package struct CaseSet<Case: CaseIterable & Equatable & Sendable>: SetAlgebra, Sequence, Hashable, Sendable
where Case.AllCases == [Case] {
  /// A bit for each of at most eight cases, from the lowest, in the order of declaration.
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

  /// Returns whether it contains a case.
  @inlinable package func contains(_ member: Case) -> Bool { bits & Self.bit(member) != 0 }

  @inlinable package var isEmpty: Bool { bits == 0 }

  /// Its cases, in the order in which they are declared.
  package func makeIterator() -> some IteratorProtocol<Case> {
    Case.allCases.lazy.filter { contains($0) }.makeIterator()
  }

  /// Adds a case, and returns whether it is new.
  @discardableResult @inlinable
  package mutating func insert(_ newMember: Case) -> (inserted: Bool, memberAfterInsert: Case) {
    defer { bits |= Self.bit(newMember) }
    return (!contains(newMember), newMember)
  }

  /// Adds a case, and returns it if it was a member.
  @discardableResult
  package mutating func update(with newMember: Case) -> Case? {
    insert(newMember).inserted ? nil : newMember
  }

  /// Removes a case, and returns it if it was a member.
  @discardableResult
  package mutating func remove(_ member: Case) -> Case? {
    defer { bits &= ~Self.bit(member) }
    return contains(member) ? member : nil
  }

  @inlinable package func union(_ other: Self) -> Self { Self(bits: bits | other.bits) }

  @inlinable package func intersection(_ other: Self) -> Self { Self(bits: bits & other.bits) }

  @inlinable package func symmetricDifference(_ other: Self) -> Self { Self(bits: bits ^ other.bits) }

  package mutating func formUnion(_ other: Self) { bits |= other.bits }

  package mutating func formIntersection(_ other: Self) { bits &= other.bits }

  package mutating func formSymmetricDifference(_ other: Self) { bits ^= other.bits }
}
