public import Logging
public import RuleEngine
public import Transport

/// Makes the agents that a rules file declares.
public struct AgentFactory: Sendable {
  private let client: HTTPClient
  private let environment: [String: String]
  private let logger: Logger
  private let house: ACPHouse

  /// Makes agents that reach the network through `client`.
  ///
  /// - Parameter environment: the gateway's own variables, of which programs get the plain ones.
  public init(client: HTTPClient, environment: [String: String] = [:], logger: Logger) {
    self.client = client
    self.environment = environment
    self.logger = logger
    house = ACPHouse(environment: environment, logger: logger)
  }

  /// The agents, by name.
  public func agents(for definitions: [AgentDefinition]) -> [String: any Agent] {
    Dictionary(definitions.map { ($0.name, agent(for: $0)) }) { first, _ in first }
  }

  /// Ends the programs that are kept for the next message.
  public func close() async { await house.close() }

  private func agent(for definition: AgentDefinition) -> any Agent {
    switch definition.kind {
    case .echo: EchoAgent()
    case .openai(let settings):
      PatientAgent(
        OpenAIAgent(name: definition.name, settings: settings, client: client, logger: logger), logger: logger)
    case .anthropic(let settings):
      PatientAgent(
        AnthropicAgent(name: definition.name, settings: settings, client: client, logger: logger), logger: logger)
    case .exec(let settings):
      ExecAgent(name: definition.name, settings: settings, environment: environment, logger: logger)
    case .acp(let settings):
      ACPAgent(name: definition.name, settings: settings, house: house, logger: logger)
    }
  }
}
