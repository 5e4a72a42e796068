import Core
package import RuleEngine

/// A change of a rules file: another agent, other people with access, or both. Everything else in the file stays as it
/// is written, with its comments.
package struct RulesEdit: Sendable {
  /// The agent that replaces the present one, or `nil` to keep that.
  package var agent: AgentDraft?
  /// The names of the users with access, or `*` for everyone; `nil` keeps the present ones.
  package var users: [String]?

  package init(agent: AgentDraft? = nil, users: [String]? = nil) { (self.agent, self.users) = (agent, users) }

  /// Returns the changed file.
  ///
  /// - Parameters:
  ///   - environment: the variables with which the changed file is loaded.
  ///   - now: milliseconds since 1970 (UTC).
  /// - Throws: `RulesEditProblem` if the result would lose something or mean anything else.
  package func applied(
    to source: SourceText, environment: [String: String], now: Int64
  ) throws(RulesEditProblem) -> LoadedRules {
    let before = RulesFile.load(source, environment: environment, now: now)
    guard let old = before.rules, let root = ConfigTree(source).root else { throw .hasErrors }
    var pieces: [RulesText.Piece] = []
    let text = RulesText(source)
    var edited: String?
    if let agent {
      let replaced = try Self.agent(in: old)
      edited = replaced.name
      pieces.append(try text.piece(replacing: replaced, in: root, by: agent))
    }
    if let users { pieces.append(try text.piece(setting: users, in: root)) }
    let after = RulesFile.load(
      SourceText(file: source.file, bytes: text.replacing(pieces)), environment: environment, now: now)
    if let error = after.diagnostics.first(where: { $0.severity == .error }) { throw .breaks(error.message) }
    guard let new = after.rules, Self.isSame(old, new, butFor: edited) else { throw .unsuitable }
    return after
  }

  /// The agent that a change of a file with several agents means, and the one of `setup.yaml`.
  package static let agentName = "assistant"

  /// Returns the agent that a change replaces: `assistant`, or else the only one.
  package static func agent(in rules: RuleSet) throws(RulesEditProblem) -> AgentDefinition {
    if let assistant = rules.agents.first(where: { $0.name == agentName }) { return assistant }
    guard let only = rules.agents.first, rules.agents.count == 1 else {
      throw .severalAgents(rules.agents.map(\.name))
    }
    return only
  }

  /// Returns whether two rule sets are the same but for the users with access and one agent. A test without a user is
  /// posted by one who has access.
  private static func isSame(_ old: RuleSet, _ new: RuleSet, butFor agent: String?) -> Bool {
    var expected = old
    expected.access.users = new.access.users
    expected.tests = new.tests
    for index in expected.agents.indices where expected.agents[index].name == agent {
      guard let replaced = new.agents.first(where: { $0.name == agent }) else { return false }
      expected.agents[index] = replaced
    }
    return expected.yaml == new.yaml
  }
}

/// The reason why a rules file cannot be changed without a loss.
package enum RulesEditProblem: Error, Sendable, Equatable {
  case hasErrors
  /// It is not clear which of these agents is to be replaced; none, if the file has none.
  case severalAgents([String])
  /// The agent has keys that would be lost.
  case otherKeys(agent: String, [String])
  /// There are comments within the value that would be replaced.
  case comments(String)
  /// The changed file would have this error.
  case breaks(String)
  /// The value is written in a way that cannot be replaced alone, such as with an alias.
  case unsuitable

  /// The reason as a clause that begins with the file.
  package var clause: String {
    switch self {
    case .hasErrors: "it has errors, which `edgecrab rules check` shows"
    case .severalAgents([]): "it has no agent"
    case .severalAgents(let names): "it has several agents (\(listed(names))), and none is called `assistant`"
    case .otherKeys(let agent, let keys): "its agent \(quoted(agent)) has \(listed(keys)), which would be lost"
    case .comments(let key): "its \(quoted(key)) contains a comment, which would be lost"
    case .breaks(let message): "it would have an error: \(message)"
    case .unsuitable: "it is written in a way that cannot be changed in one place"
    }
  }
}
