/// Which names of users, channels or teams something holds for.
public struct NameReach: Sendable, Equatable {
  /// The names that the file tells apart, in alphabetical order.
  public var names: [String]
  /// Whether it holds for all but these names, not for these.
  public var isAllBut: Bool

  /// These names, or all but these.
  public init(names: [String], isAllBut: Bool) {
    self.names = names
    self.isAllBut = isAllBut
  }

  /// Everyone, or everywhere.
  public static let all = NameReach(names: [], isAllBut: true)

  /// What is in either.
  func union(_ other: NameReach) -> NameReach {
    let (mine, others) = (Set(names), Set(other.names))
    let names =
      switch (isAllBut, other.isAllBut) {
      case (false, false): mine.union(others)
      case (true, true): mine.intersection(others)
      case (true, false): mine.subtracting(others)
      case (false, true): others.subtracting(mine)
      }
    return NameReach(names: names.sorted(), isAllBut: isAllBut || other.isAllBut)
  }
}
