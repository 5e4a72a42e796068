/// Numbers for values, in the order in which they are first met.
package struct Interner<Value: Hashable> {
  package private(set) var values: [Value] = []
  private var numbers: [Value: Int] = [:]

  package init() {}

  /// Returns the number of a value, a new one if it has none.
  package mutating func number(of value: Value) -> Int {
    if let number = numbers[value] { return number }
    let number = values.count
    values.append(value)
    numbers[value] = number
    return number
  }

  /// Returns the number of a value, or `nil` if it has none.
  package func known(_ value: Value) -> Int? { numbers[value] }
}

extension Interner: Sendable where Value: Sendable {}
