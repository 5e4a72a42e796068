/// Why everyone on the server may talk to the bot.
package enum OpenAccess: Sendable, Equatable {
  /// The file says `*`, or a variable in it does.
  case written
  /// The file has no `access.users`.
  case notSaid
  /// The file lets in everyone where this variable is not set.
  case unset(variable: String)

  /// Why it may not be meant; nil where somebody wrote `*`.
  package var reason: String? {
    switch self {
    case .written: nil
    case .notSaid: "the rules do not say who may"
    case .unset(let variable): "\(variable) is not set"
    }
  }

  /// The same as a warning with its cure; nil where somebody wrote `*`.
  package var warning: String? {
    reason.map { "everyone on the server may talk to the bot, because \($0); \(cure)" }
  }

  private var cure: String {
    switch self {
    case .written, .notSaid: "write `access: { users: [alice, bob] }` into them, or `users: \"*\"` to let in everyone"
    case .unset: "set it to who may talk, as in `alice, bob`, or to `*` to let in everyone"
    }
  }
}

/// What the variables in a list of people came to that its author may not have meant.
struct PeopleVariables: Sendable, Equatable {
  /// The first that is set and names nobody.
  var empty: String?
  /// The first that is not set, and in whose place everyone stands.
  var everyoneInsteadOf: String?

  /// Notes a variable as it is put in.
  mutating func note(_ variable: Variable, in environment: [String: String]) {
    if variable.isEmpty(in: environment) { empty = empty ?? variable.name }
    if environment[variable.name] == nil, variable.fallback?.namesEveryone == true {
      everyoneInsteadOf = everyoneInsteadOf ?? variable.name
    }
  }

  /// Notes those of a group that the list names.
  mutating func note(_ group: PeopleVariables) {
    empty = empty ?? group.empty
    everyoneInsteadOf = everyoneInsteadOf ?? group.everyoneInsteadOf
  }
}

extension Variable {
  /// Whether it is set to nothing, or to a list of people with nobody in it.
  func isEmpty(in environment: [String: String]) -> Bool {
    environment[name].map { $0.allSatisfy { $0 == "," || $0.isWhitespace } } ?? false
  }
}

extension String {
  /// Whether everyone is among the people that this lists.
  fileprivate var namesEveryone: Bool { split { $0 == "," || $0.isWhitespace }.contains("*") }
}
