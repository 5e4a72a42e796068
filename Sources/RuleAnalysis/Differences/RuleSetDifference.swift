package import Core
package import RuleEngine

/// The difference between two rule sets, as far as they decide or answer differently. The locations of rules and the
/// tests of a file are no difference; groups count by their members.
package struct RuleSetDifference: Sendable, Equatable {
  /// The rules that differ: the removed ones first, then in the order of the new rules.
  package var rules: [ItemDifference]
  package var agents: [ItemDifference]
  package var commands: [ItemDifference]
  package var access: [KeyDifference]
  /// The differences in how commands are recognised.
  package var slashText: [KeyDifference]
  package var intake: [KeyDifference]
  package var turns: [KeyDifference]
  package var journal: [KeyDifference]

  package var isEmpty: Bool {
    rules.isEmpty && agents.isEmpty && commands.isEmpty && access.isEmpty && slashText.isEmpty && intake.isEmpty
      && turns.isEmpty && journal.isEmpty
  }

  /// The new names of rules by their old ones.
  package var renamedRules: [String: String] {
    rules.reduce(into: [:]) { names, rule in
      if case .kept(let former?, _, _) = rule.change { names[former] = rule.name }
    }
  }
}

/// The difference of a rule, an agent or a command.
package struct ItemDifference: Sendable, Equatable {
  /// Its name; the new one if it was renamed.
  package var name: String
  package var change: Change

  package enum Change: Sendable, Equatable {
    case added(Position?)
    case removed
    /// It is in both rule sets.
    case kept(formerName: String?, movedTo: Position?, keys: [KeyDifference])
  }

  /// The position of a rule among the others.
  package enum Position: Sendable, Equatable {
    case first
    case behind(String)
  }
}

/// The difference of a key's value.
package struct KeyDifference: Sendable, Equatable, Encodable {
  /// The key and those above it: `when.channel`.
  package var key: String
  /// The old value; `nil` if the key was not stated.
  package var old: CanonicalValue?
  /// The new value; `nil` if the key is not stated any more.
  package var new: CanonicalValue?
}

/// The value of a key as a file would write it.
package enum CanonicalValue: Sendable, Hashable {
  case text(String)
  /// Any of these, sorted.
  case list([String])
  /// Any of these maps, each on one line, sorted.
  case maps([String])
  /// A value that must not be shown. Two are equal if their secrets are.
  case secret(Secret)
}

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

  /// Returns for each new rule the index of the old rule of its name, else of one that differs only in its name.
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
  /// Cheaper than comparing canonical fields, which only rules that differ need.
  fileprivate func differs(from other: Rule) -> Bool {
    var here = self
    here.location = other.location
    return here != other
  }
}

/// Returns the longest increasing subsequence, in n log n steps: the rules that are not in it have moved.
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
