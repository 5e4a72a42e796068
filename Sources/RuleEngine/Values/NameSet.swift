/// Names or ids of users, channels or teams, groups already expanded.
///
/// A sorted list, not a `Set`: most have few names, and such a list is smaller and as fast to search.
package struct NameSet: Sendable, Equatable {
  /// The names and ids, without a leading `@` or `~`, each once and in order.
  package private(set) var names: [String]
  /// True if `*` is among them: everyone, everywhere.
  package var isEveryone: Bool

  package init(_ names: some Sequence<String>, isEveryone: Bool = false) {
    self.names = Array(names)
    self.isEveryone = isEveryone
    // A sorted list is stored as it is, so that the rules that name a group share its list.
    guard zip(self.names, self.names.dropFirst()).contains(where: >=) else { return }
    self.names.sort()
    var last: String?
    self.names.removeAll { name in
      defer { last = name }
      return name == last
    }
  }

  /// The empty set.
  package static let none = NameSet([])

  /// The set of all names.
  package static let everyone = NameSet([], isEveryone: true)
}
