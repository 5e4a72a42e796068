/// The values that were put in last, at least `least` of them; of older ones, as many are forgotten at once.
struct Latest<Value> {
  private let least: Int
  private var values: [String: Value] = [:]
  private var order: [String] = []

  init(atLeast least: Int) {
    self.least = least
  }

  var all: Dictionary<String, Value>.Values { values.values }

  subscript(id: String) -> Value? {
    get { values[id] }
    set {
      guard let newValue else { return }
      if values.updateValue(newValue, forKey: id) == nil { order.append(id) }
      guard order.count > 2 * least else { return }
      for old in order.prefix(least) { values[old] = nil }
      order.removeFirst(least)
    }
  }
}
