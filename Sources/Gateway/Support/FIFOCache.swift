/// A cache that forgets its oldest values, many at once.
struct FIFOCache<Key: Hashable, Value> {
  /// The values whose keys came last. As soon as there are `countMin` of them, they become `older`, and those before
  /// them are forgotten.
  private var newer: [Key: Value] = [:]
  private var older: [Key: Value] = [:]
  private let countMin: Int

  /// - Parameter countMin: How many values it holds at least, those whose keys came last; it holds fewer than twice as
  ///   many.
  init(keeping countMin: Int) { self.countMin = countMin }

  var values: some Sequence<Value> { [newer.values, older.values].joined() }

  var pairs: some Sequence<(key: Key, value: Value)> { [newer, older].joined() }

  subscript(key: Key) -> Value? {
    get { newer[key] ?? older[key] }
    set { if let newValue { updateValue(newValue, forKey: key) } }
  }

  mutating func removeValue(forKey key: Key) {
    newer[key] = nil
    older[key] = nil
  }

  /// Sets a value, and returns the one that it replaces.
  @discardableResult
  mutating func updateValue(_ value: Value, forKey key: Key) -> Value? {
    if let index = older.index(forKey: key) {
      defer { older.values[index] = value }
      return older.values[index]
    }
    if let replaced = newer.updateValue(value, forKey: key) { return replaced }
    if newer.count >= countMin {
      swap(&newer, &older)
      newer.removeAll(keepingCapacity: true)
    }
    return nil
  }
}
