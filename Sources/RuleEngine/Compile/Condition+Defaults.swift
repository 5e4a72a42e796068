import Core

extension Condition {
  /// The condition of a whole rule, with what it leaves open closed: only people, and no edits.
  ///
  /// Where the rule asks for authors or edits in branches of `any`, the branches that do not ask are closed instead.
  func withRuleDefaults() -> Condition {
    var closed = self
    closed.settle(\.authors, as: [.human])
    closed.settle(\.isEdit, as: false)
    return closed
  }

  private mutating func settle<Value>(_ key: WritableKeyPath<Condition, Value?>, as value: Value) {
    if self[keyPath: key] != nil { return }
    guard any.contains(where: { $0.asks(key) }) else {
      self[keyPath: key] = value
      return
    }
    for index in any.indices { any[index].settle(key, as: value) }
  }

  private func asks<Value>(_ key: WritableKeyPath<Condition, Value?>) -> Bool {
    self[keyPath: key] != nil || any.contains { $0.asks(key) }
  }
}
