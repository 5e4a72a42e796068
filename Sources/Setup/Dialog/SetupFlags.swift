/// The answers that the command line gives.
package struct SetupFlags: Sendable {
  /// The types of agents that setup can write.
  package enum AgentType: String, Sendable, CaseIterable {
    case openai, anthropic, acp, echo
  }

  package enum Access: Sendable, Equatable {
    /// User names, separated by commas or spaces.
    case users(String)
    case everyone
  }

  package var url: String?
  /// A file with the token; `-` is standard input.
  package var tokenFile: String?
  package var agent: AgentType?
  package var endpoint: String?
  package var model: String?
  /// A file with the API key; `-` is standard input.
  package var apiKeyFile: String?
  /// The command of an ACP agent, its words separated by spaces.
  package var command: String?
  package var access: Access?
  /// The rules file; `nil` is the one that the gateway reads by default.
  package var rules: String?

  package init() {}

  /// Two flags that do not go together, as a sentence, or `nil`.
  package var contradiction: String? {
    if tokenFile == "-", apiKeyFile == "-" { return "only one secret can be read from standard input" }
    if endpoint != nil, agent != .openai { return "--endpoint requires --agent openai" }
    if command != nil, agent != .acp { return "--command requires --agent acp" }
    if model != nil, agent == .acp || agent == .echo { return "--model requires --agent openai or anthropic" }
    if apiKeyFile != nil, agent == nil || agent == .echo { return "--api-key-file requires an --agent that has a key" }
    return nil
  }

  /// True if the agent is to be replaced.
  var changesAgent: Bool { agent != nil || model != nil }
}
