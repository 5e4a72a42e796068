/// A JSON text, read.
enum JSONTree: Sendable, Equatable {
  case null
  case flag(Bool)
  /// A number as it is written.
  case number(String)
  case text(String)
  case list([JSONTree])
  case object([Member])

  struct Member: Sendable, Equatable {
    let key: String
    let value: JSONTree
  }
}

extension [JSONTree.Member] {
  /// The value of a key. Objects here have some twenty members: looking through them is faster than any hash.
  subscript(key: String) -> JSONTree? {
    for member in self where member.key == key { return member.value }
    return nil
  }
}
