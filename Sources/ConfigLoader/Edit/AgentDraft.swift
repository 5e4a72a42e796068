package import RuleEngine

/// An agent to be written into a rules file. Keys of APIs are the names of variables.
package enum AgentDraft: Sendable, Equatable {
  case echo
  /// A model at an endpoint; the address is `nil` for the API's own.
  case chat(ChatAPI, baseURL: String?, model: String, keyVariable: String?)
  /// A program that speaks the Agent Client Protocol.
  case acp(command: [String], keyVariable: String?)

  /// The keys of the agent, in the order of the reference.
  var entries: [YAMLEntry] {
    switch self {
    case .echo: [YAMLEntry("type", .word("echo"))]
    case .chat(let api, let baseURL, let model, let key):
      [YAMLEntry("type", .word(api.rawValue))] + (baseURL.map { [YAMLEntry("base_url", .text($0))] } ?? [])
        + [YAMLEntry("model", .text(model))] + (key.map { [YAMLEntry("api_key", .word("${\($0)}"))] } ?? [])
    case .acp(let command, let key):
      [YAMLEntry("type", .word("acp")), YAMLEntry("command", .list(command.map { .text($0) }))]
        + (key.map { [YAMLEntry("env", .map([YAMLEntry($0, .reference("${\($0):-}"))]))] } ?? [])
    }
  }

  /// The keys that a draft can have: an agent with others cannot be replaced by one without losing them.
  static let keys: Set<String> = ["type", "base_url", "model", "api_key", "command", "env"]
}
