public import Vocabulary

/// How one rule set differs from another, as far as it decides or answers differently. Where a rule stands in its file
/// and what the file expects of itself is no difference; groups count by whom they hold.
public struct RuleSetDifference: Sendable, Equatable {
  /// The rules that differ: those that are gone first, then in the order of the new rules.
  public var rules: [ItemDifference]
  /// The agents that differ.
  public var agents: [ItemDifference]
  /// The commands that differ.
  public var commands: [ItemDifference]
  /// What differs in who may talk to the bot.
  public var access: [KeyDifference]
  /// What differs in how commands are recognised.
  public var slashText: [KeyDifference]
  /// What differs in what is done about posts that come late or from programs.
  public var intake: [KeyDifference]
  /// What differs in how many messages are answered at once.
  public var turns: [KeyDifference]
  /// What differs in what is recorded.
  public var journal: [KeyDifference]

  /// Whether nothing differs.
  public var isEmpty: Bool {
    rules.isEmpty && agents.isEmpty && commands.isEmpty && access.isEmpty && slashText.isEmpty && intake.isEmpty
      && turns.isEmpty && journal.isEmpty
  }

  /// The new names of rules by their old ones.
  public var renamedRules: [String: String] {
    rules.reduce(into: [:]) { names, rule in
      if case .kept(let former?, _, _) = rule.change { names[former] = rule.name }
    }
  }
}

/// How a rule, an agent or a command differs.
public struct ItemDifference: Sendable, Equatable {
  /// Its name, the new one where it has another.
  public var name: String
  /// What became of it.
  public var change: Change

  /// What became of an item.
  public enum Change: Sendable, Equatable {
    /// It is new.
    case added(Position?)
    /// It is gone.
    case removed
    /// It is there in both.
    case kept(formerName: String?, movedTo: Position?, keys: [KeyDifference])
  }

  /// Where a rule stands among the others; nil for what has no order.
  public enum Position: Sendable, Equatable {
    case first
    case behind(String)
  }
}

/// How a key's value differs.
public struct KeyDifference: Sendable, Equatable, Encodable {
  /// The key and those above it: `when.channel`.
  public var key: String
  /// What it was; nil where it did not stand.
  public var old: WrittenValue?
  /// What it is; nil where it stands no more.
  public var new: WrittenValue?
}

/// A key's value as it would be written.
public enum WrittenValue: Sendable, Hashable {
  /// A single one.
  case text(String)
  /// Any of these, sorted.
  case list([String])
  /// Any of these maps, each on one line, sorted.
  case maps([String])
  /// What must not be shown. Two are the same where they hold the same.
  case secret(Secret)
}
