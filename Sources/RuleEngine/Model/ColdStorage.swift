/// A value that is mostly the one it begins as, and is kept apart where it is another.
///
/// There are as many rules as a file has, and most say little: a pointer each is smaller than room for everything that
/// any of them might say. What is kept apart is never changed in place, so copies of a rule may share it.
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

/// What has a value to begin as.
protocol DefaultInitializable: Sendable, Equatable {
  init()
}
