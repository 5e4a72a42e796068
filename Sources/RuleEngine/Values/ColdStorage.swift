/// A value that is usually the default, and is stored on the heap only if it is not.
///
/// A file can have many rules, and most state few values: a pointer in each rule is smaller than memory for every value
/// that a rule can state. The value on the heap is never changed in place, so that copies of a rule can share it.
@propertyWrapper struct ColdStorage<Value: DefaultInitializable>: Sendable, Equatable {
  private var other: Box?

  private final class Box: Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
  }

  var wrappedValue: Value {
    get { other?.value ?? Value() }
    set { other = newValue == Value() ? nil : Box(newValue) }
  }

  static func == (left: Self, right: Self) -> Bool {
    left.other === right.other || left.wrappedValue == right.wrappedValue
  }
}

protocol DefaultInitializable: Sendable, Equatable {
  init()
}
