public import Logging
public import RuleEngine
public import Transport

/// Makes the agents that a rules file declares.
public struct AgentFactory: Sendable {
  private let client: HTTPClient
  private let logger: Logger

  /// Makes agents that reach the network through `client`.
  public init(client: HTTPClient, logger: Logger) {
    self.client = client
    self.logger = logger
  }

  /// The agents, by name.
  public func agents(for definitions: [AgentDefinition]) -> [String: any Agent] {
    Dictionary(definitions.map { ($0.name, agent(for: $0)) }) { first, _ in first }
  }

  private func agent(for definition: AgentDefinition) -> any Agent {
    switch definition.kind {
    case .echo: EchoAgent()
    case .openai(let settings):
      OpenAIAgent(name: definition.name, settings: settings, client: client, logger: logger)
    case .anthropic(let settings):
      AnthropicAgent(name: definition.name, settings: settings, client: client, logger: logger)
    }
  }
}
