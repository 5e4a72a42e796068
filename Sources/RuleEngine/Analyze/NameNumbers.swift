/// Numbers for names, in the order in which they come up.
struct NameNumbers<Name: Hashable & Sendable>: Sendable {
  private(set) var names: [Name] = []
  private var numbers: [Name: Int] = [:]

  /// The number of a name, which is a new one where it has none.
  mutating func number(of name: Name) -> Int {
    if let number = numbers[name] { return number }
    numbers[name] = names.count
    names.append(name)
    return names.count - 1
  }

  /// The number of a name that came up, or that of all others.
  func known(_ name: Name) -> Int { numbers[name] ?? ValueSet.other }
}
