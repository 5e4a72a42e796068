/// The values that were put in last; of older ones, as many are forgotten at once.
struct FIFOCache<Value> {
  private var values: [String: Value] = [:]
  private var order: [String] = []
  /// How many are kept at least, and twice as many at most.
  private let kept: Int

  init(keeping kept: Int) { self.kept = kept }

  var all: Dictionary<String, Value>.Values { values.values }

  subscript(id: String) -> Value? {
    get { values[id] }
    set {
      guard let newValue else { return }
      if values.updateValue(newValue, forKey: id) == nil { order.append(id) }
      guard order.count > 2 * kept else { return }
      for old in order.prefix(kept) { values[old] = nil }
      order.removeFirst(kept)
    }
  }
}
