package import Core

/// How one rule set differs from another, as far as it decides or answers differently. Where a rule stands in its file
/// and what the file expects of itself is no difference; groups count by whom they hold.
package struct RuleSetDifference: Sendable, Equatable {
  /// The rules that differ: those that are gone first, then in the order of the new rules.
  package var rules: [ItemDifference]
  /// The agents that differ.
  package var agents: [ItemDifference]
  /// The commands that differ.
  package var commands: [ItemDifference]
  /// What differs in who may talk to the bot.
  package var access: [KeyDifference]
  /// What differs in how commands are recognised.
  package var slashText: [KeyDifference]
  /// What differs in what is done about posts that come late or from programs.
  package var intake: [KeyDifference]
  /// What differs in how many messages are answered at once.
  package var turns: [KeyDifference]
  /// What differs in what is recorded.
  package var journal: [KeyDifference]

  /// Whether nothing differs.
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

/// How a rule, an agent or a command differs.
package struct ItemDifference: Sendable, Equatable {
  /// Its name, the new one where it has another.
  package var name: String
  /// What became of it.
  package var change: Change

  /// What became of an item.
  package enum Change: Sendable, Equatable {
    /// It is new.
    case added(Position?)
    /// It is gone.
    case removed
    /// It is there in both.
    case kept(formerName: String?, movedTo: Position?, keys: [KeyDifference])
  }

  /// Where a rule stands among the others; nil for what has no order.
  package enum Position: Sendable, Equatable {
    case first
    case behind(String)
  }
}

/// How a key's value differs.
package struct KeyDifference: Sendable, Equatable, Encodable {
  /// The key and those above it: `when.channel`.
  package var key: String
  /// What it was; nil where it did not stand.
  package var old: CanonicalValue?
  /// What it is; nil where it stands no more.
  package var new: CanonicalValue?
}

/// A key's value as it would be written.
package enum CanonicalValue: Sendable, Hashable {
  /// A single one.
  case text(String)
  /// Any of these, sorted.
  case list([String])
  /// Any of these maps, each on one line, sorted.
  case maps([String])
  /// What must not be shown. Two are the same where they hold the same.
  case secret(Secret)
}
