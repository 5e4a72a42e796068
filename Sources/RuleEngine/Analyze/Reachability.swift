/// Whether any event at all comes to a rule.
package enum Reachability: Sendable, Equatable {
  /// One that is like this does, and no rule before takes it.
  case reachable(Assignment)
  /// None matches: these exclude each other, and none of them could be left out.
  case impossible([Cause])
  /// Whatever matches is taken by these earlier rules, none of which could be left out.
  case taken(by: [Int])
  /// It would have taken more steps than are allowed to find out.
  case undecided

  /// Something that keeps events from a rule.
  package enum Cause: Sendable, Hashable {
    /// A key of its `when`.
    case key(ConditionKey)
    /// That a rule which asks for no author takes only people.
    case onlyPeople
    /// That a rule which asks for no edits takes none.
    case noEdits
    /// That not everyone may talk to the bot.
    case access
  }
}
