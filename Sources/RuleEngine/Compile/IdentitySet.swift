/// The ids that a set of names stands for.
struct IdentitySet: Sendable {
  private let isEveryone: Bool
  private let ids: Set<String>

  /// A name that `resolve` does not know is kept as it is: it is an id already, or matches nobody.
  init(_ set: NameSet, resolve: (String) -> Set<String>?) {
    isEveryone = set.isEveryone
    ids = set.names.reduce(into: []) { ids, name in ids.formUnion(resolve(name) ?? [name]) }
  }

  func contains(_ id: String) -> Bool { isEveryone || ids.contains(id) }
}
