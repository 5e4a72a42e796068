/// Which names of users, channels or teams something holds for.
package struct NameScope: Sendable, Equatable {
  /// The names that the file tells apart, in alphabetical order.
  package var names: [String]
  /// Whether it holds for all but these names, not for these.
  package var isAllBut: Bool

  /// These names, or all but these.
  package init(names: [String], isAllBut: Bool) {
    self.names = names
    self.isAllBut = isAllBut
  }

  /// Everyone, or everywhere.
  package static let all = NameScope(names: [], isAllBut: true)

  /// Returns what is in any of these.
  static func union(_ reaches: some Sequence<NameScope>) -> NameScope {
    var listed: Set<String> = []
    var excluded: Set<String>?
    for reach in reaches {
      if reach.isAllBut {
        excluded = excluded.map { $0.intersection(reach.names) } ?? Set(reach.names)
      } else {
        listed.formUnion(reach.names)
      }
    }
    return NameScope(names: (excluded?.subtracting(listed) ?? listed).sorted(), isAllBut: excluded != nil)
  }
}
