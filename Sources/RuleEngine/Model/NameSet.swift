/// Names or ids of users, channels or teams, groups already written out.
///
/// A sorted list, not a `Set`: most hold a handful of names, and a list of a handful is smaller and as quickly searched.
package struct NameSet: Sendable, Equatable {
  /// The names and ids themselves, without a leading `@` or `~`, each once and in order.
  package private(set) var names: [String]
  /// Whether `*` is among them: everyone, everywhere.
  package var isEveryone: Bool

  /// Collects names.
  package init(_ names: some Sequence<String>, isEveryone: Bool = false) {
    self.names = Array(names)
    self.isEveryone = isEveryone
    // A list in order is taken as it is: the rules that name a group then share the group's.
    guard zip(self.names, self.names.dropFirst()).contains(where: >=) else { return }
    self.names.sort()
    var last: String?
    self.names.removeAll { name in
      defer { last = name }
      return name == last
    }
  }

  /// The set that holds nothing.
  package static let none = NameSet([])

  /// The set that holds everything.
  package static let everyone = NameSet([], isEveryone: true)
}
