extension RuleSetDifference {
  /// Compares two rule sets.
  package init(from old: RuleSet, to new: RuleSet) {
    rules = Self.rules(old.rules, new.rules)
    agents = Self.items(
      old.agents.map { ($0.name, $0.canonicalFields) }, new.agents.map { ($0.name, $0.canonicalFields) })
    commands = Self.items(
      old.commands.bindings.map { ($0.name, $0.canonicalFields) },
      new.commands.bindings.map { ($0.name, $0.canonicalFields) })
    access = old.access.canonicalFields.differences(to: new.access.canonicalFields)
    slashText = old.commands.canonicalFields.differences(to: new.commands.canonicalFields)
    intake = old.intake.canonicalFields.differences(to: new.intake.canonicalFields)
    turns = old.turns.canonicalFields.differences(to: new.turns.canonicalFields)
    journal = old.journal.canonicalFields.differences(to: new.journal.canonicalFields)
  }

  private static func rules(_ old: [Rule], _ new: [Rule]) -> [ItemDifference] {
    let formerIndices = formerIndices(old, new)
    let kept = Set(formerIndices.compactMap(\.self))
    var found = old.indices.filter { !kept.contains($0) }.map { ItemDifference(name: old[$0].name, change: .removed) }
    let inOrder = Set(longestIncreasingRun(formerIndices.compactMap(\.self)))
    for (index, rule) in new.enumerated() {
      let position = index == 0 ? ItemDifference.Position.first : .behind(new[index - 1].name)
      guard let former = formerIndices[index] else {
        found.append(ItemDifference(name: rule.name, change: .added(position)))
        continue
      }
      let keys =
        old[former].differs(from: rule) ? old[former].canonicalFields.differences(to: rule.canonicalFields) : []
      let formerName = old[former].name == rule.name ? nil : old[former].name
      let movedTo = inOrder.contains(former) ? nil : position
      if formerName == nil, movedTo == nil, keys.isEmpty { continue }
      found.append(
        ItemDifference(name: rule.name, change: .kept(formerName: formerName, movedTo: movedTo, keys: keys)))
    }
    return found
  }

  /// For each new rule the index of the old one that it was: the one of its name, else one that differs by name alone.
  private static func formerIndices(_ old: [Rule], _ new: [Rule]) -> [Int?] {
    let named = Dictionary(old.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    let names = Set(new.map(\.name))
    var nameless: [CanonicalFields: [Int]] = [:]
    for (index, rule) in old.enumerated().reversed() where !names.contains(rule.name) {
      nameless[rule.canonicalFields, default: []].append(index)
    }
    return new.map { rule in
      if let index = named[rule.name] { return index }
      return nameless.isEmpty ? nil : nameless[rule.canonicalFields]?.popLast()
    }
  }

  private static func items(_ old: [(String, CanonicalFields)], _ new: [(String, CanonicalFields)]) -> [ItemDifference]
  {
    let oldKeys = Dictionary(old, uniquingKeysWith: { first, _ in first })
    let newNames = Set(new.map(\.0))
    let removed = old.filter { !newNames.contains($0.0) }.map { ItemDifference(name: $0.0, change: .removed) }
    return removed
      + new.compactMap { name, keys in
        guard let former = oldKeys[name] else { return ItemDifference(name: name, change: .added(nil)) }
        let differences = former.differences(to: keys)
        if differences.isEmpty { return nil }
        return ItemDifference(name: name, change: .kept(formerName: nil, movedTo: nil, keys: differences))
      }
  }
}

extension Rule {
  /// Cheaper than writing both out, which only rules that differ need.
  fileprivate func differs(from other: Rule) -> Bool {
    var here = self
    here.location = other.location
    return here != other
  }
}

/// The longest of the subsequences that only grow: whoever is not in it has moved. In n log n steps.
private func longestIncreasingRun(_ values: [Int]) -> [Int] {
  var ends: [Int] = []
  var before: [Int?] = []
  for (index, value) in values.enumerated() {
    var low = 0
    var high = ends.count
    while low < high {
      let middle = (low + high) / 2
      if values[ends[middle]] < value { low = middle + 1 } else { high = middle }
    }
    before.append(low == 0 ? nil : ends[low - 1])
    if low == ends.count { ends.append(index) } else { ends[low] = index }
  }
  var run: [Int] = []
  var index = ends.last
  while let at = index {
    run.append(values[at])
    index = before[at]
  }
  return run
}
