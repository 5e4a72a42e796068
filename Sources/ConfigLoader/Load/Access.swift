import RuleEngine

extension Values {
  /// Reads the lists of people who may talk to the bot, and stores them for the templates and tests that refer to them.
  static let access: ValueReader<Void> = ValueReader(type: .section("access")) { node, key, reader in
    guard let fields = reader.fields(node, as: Schema.Access.section, key) else { return nil }
    reader.hasAdmin = fields[Schema.Access.admin] != nil
    reader.peopleVariables = PeopleVariables()
    let users = reader.accessValue(Schema.Access.users, in: fields)
    reader.openAccess =
      users.map { users in
        users.isEveryone ? reader.peopleVariables.everyoneInsteadOf.map { .unset(variable: $0) } ?? .written : nil
      } ?? .notSaid
    reader.access = Access(
      users: users ?? .everyone, denied: reader.accessValue(Schema.Access.denied, in: fields),
      admin: reader.accessValue(Schema.Access.admin, in: fields))
  }
}

extension RulesReader {
  /// The value of a key of `access`, in which an empty variable is an error.
  fileprivate mutating func accessValue<Value>(_ key: Key<Value>, in fields: Fields) -> Value? {
    accessKey = key.row.name
    defer { accessKey = nil }
    return value(key, in: fields)
  }
}

/// The reason for which everyone on the server may talk to the bot.
package enum OpenAccess: Sendable, Equatable {
  /// The file says `*`, or a variable in it does.
  case written
  /// The file has no `access.users`.
  case notSaid
  /// The file allows everyone if this variable is not set.
  case unset(variable: String)

  /// The reason why it may be a mistake, or `nil` if the file says `*`.
  package var reason: String? {
    switch self {
    case .written: nil
    case .notSaid: "the rules do not say who may"
    case .unset(let variable): "\(variable) is not set"
    }
  }

  /// The problem, or `nil` if the file says `*`.
  package var summary: String? { reason.map { "everyone on the server may talk to the bot, because \($0)" } }

  /// The same as a warning with its remedy, or `nil` if the file says `*`.
  package var warning: String? { summary.map { "\($0); \(remedy)" } }

  package var remedy: String {
    switch self {
    case .written, .notSaid: "write `access: { users: [alice, bob] }` into them, or `users: \"*\"` to let in everyone"
    case .unset: "set it to the users who may talk, like `alice, bob`, or to `*` for everyone"
    }
  }
}

/// Variables in a list of people whose values may be unintended.
struct PeopleVariables: Sendable, Equatable {
  /// The first that is set to an empty list.
  var empty: String?
  /// The first that is not set and falls back to everyone.
  var everyoneInsteadOf: String?

  /// Records a variable that is substituted.
  mutating func record(_ variable: Variable, in environment: [String: String]) {
    if variable.isEmpty(in: environment) { empty = empty ?? variable.name }
    if environment[variable.name] == nil, variable.fallback?.namesEveryone == true {
      everyoneInsteadOf = everyoneInsteadOf ?? variable.name
    }
  }

  /// Records those of a group that the list names.
  mutating func record(_ group: PeopleVariables) {
    empty = empty ?? group.empty
    everyoneInsteadOf = everyoneInsteadOf ?? group.everyoneInsteadOf
  }
}

extension Variable {
  /// Returns whether it is set to an empty list of people.
  func isEmpty(in environment: [String: String]) -> Bool {
    environment[name].map { $0.allSatisfy { $0 == "," || $0.isWhitespace } } ?? false
  }
}

extension String {
  /// Indicates whether everyone is among the people that this lists.
  fileprivate var namesEveryone: Bool { split { $0 == "," || $0.isWhitespace }.contains("*") }
}

extension Diagnostic {
  static func emptyVariable(
    _ name: String, in key: String, at span: SourceSpan, group groupSpan: SourceSpan? = nil
  ) -> Self {
    Self(
      .emptyVariable, "the variable \(quoted(name)) is set, but empty", at: span,
      notes: groupSpan.map { [Note(message: "the group whose members it lists", span: $0)] } ?? [],
      help: key == Schema.Access.users.row.name
        ? "set it to the users who may talk, like `alice, bob`, or to `*` for everyone" : "give it a value")
  }
}
