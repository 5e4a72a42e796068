import Core
import RuleEngine
import Testing

/// `CaseSet` compared with `Set` for all pairs of sets.
@Suite struct CaseSetTests {
  private static let all = (0..<(1 << Author.allCases.count)).map { choice in
    Set(Author.allCases.enumerated().filter { choice >> $0.offset & 1 == 1 }.map(\.element))
  }

  @Test func `a set contains the cases that it was created with`() {
    for set in Self.all {
      let small = CaseSet(set)
      #expect(Set(small) == set)
      #expect(Array(small) == Author.allCases.filter(set.contains))
      #expect(small.isEmpty == set.isEmpty)
      for author in Author.allCases { #expect(small.contains(author) == set.contains(author)) }
    }
  }

  @Test func `cases are inserted and removed one by one`() {
    for set in Self.all {
      for author in Author.allCases {
        var (small, large) = (CaseSet(set), set)
        #expect(small.insert(author).inserted == large.insert(author).inserted)
        #expect(small == CaseSet(large))
        (small, large) = (CaseSet(set), set)
        #expect(small.update(with: author) == large.update(with: author))
        #expect(small == CaseSet(large))
        (small, large) = (CaseSet(set), set)
        #expect(small.remove(author) == large.remove(author))
        #expect(small == CaseSet(large))
      }
    }
  }

  @Test func `sets have unions, intersections and differences`() {
    for left in Self.all {
      for right in Self.all {
        let (a, b) = (CaseSet(left), CaseSet(right))
        #expect(a.union(b) == CaseSet(left.union(right)))
        #expect(a.intersection(b) == CaseSet(left.intersection(right)))
        #expect(a.symmetricDifference(b) == CaseSet(left.symmetricDifference(right)))
        #expect(a.subtracting(b) == CaseSet(left.subtracting(right)))
        #expect(a.isDisjoint(with: b) == left.isDisjoint(with: right))
        #expect(a.isSubset(of: b) == left.isSubset(of: right))
        #expect((a == b) == (left == right))
      }
    }
  }

  @Test func `every enumeration that rules test fits into a set`() {
    #expect(Array(CaseSet(Trigger.allCases)) == Trigger.allCases)
    #expect(Array(CaseSet(ChannelKind.allCases)) == ChannelKind.allCases)
    #expect(Array(CaseSet(Author.allCases)) == Author.allCases)
  }
}
