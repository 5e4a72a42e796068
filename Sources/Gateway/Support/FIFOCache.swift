/// A cache that forgets its oldest values, many at once.
struct FIFOCache<Key: Hashable, Value> {
  private var entries: [Key: Value] = [:]
  private var order: [Key] = []
  private let countMin: Int

  /// - Parameter countMin: How many of the newest values it holds at least; it holds at most twice as many.
  init(keeping countMin: Int) { self.countMin = countMin }

  var values: Dictionary<Key, Value>.Values { entries.values }

  subscript(key: Key) -> Value? {
    get { entries[key] }
    set {
      guard let newValue else { return }
      if entries.updateValue(newValue, forKey: key) == nil { order.append(key) }
      guard order.count > 2 * countMin else { return }
      for old in order.prefix(countMin) { entries[old] = nil }
      order.removeFirst(countMin)
    }
  }
}
