package import RuleEngine

/// One thing that a test expects, and what came instead; nil is none.
package enum Difference: Sendable, Equatable {
  case rule(String?, came: String?)
  case agent(String, came: String?)
  case command(String, came: String?)
  case session(SessionScope, came: SessionScope?)
  case say(String, came: String?)
  case deny(String, came: String?)
  case ignore(Bool)

  /// The key of `expect`.
  package var key: String {
    switch self {
    case .rule: "rule"
    case .agent: "agent"
    case .command: "command"
    case .session: "session"
    case .say: "say"
    case .deny: "deny"
    case .ignore: "ignore"
    }
  }

  /// What the key expects, and what came, both as the file would write them; nil is none.
  package var values: (expected: String?, found: String?) {
    switch self {
    case .rule(let expected, let found): (expected, found)
    case .agent(let expected, let found), .command(let expected, let found), .say(let expected, let found),
      .deny(let expected, let found):
      (expected, found)
    case .session(let expected, let found): (expected.rawValue, found?.rawValue)
    case .ignore(let expected): ("\(expected)", "\(!expected)")
    }
  }
}
