package import Logging
package import RuleEngine
package import Transport

/// Makes the agents that a rules file declares.
package struct AgentFactory: Sendable {
  private let client: HTTPClient
  private let environment: [String: String]
  private let logger: Logger
  private let house: ACPProcessPool
  let gates = AgentGates()

  /// Makes agents that reach the network through `client`.
  ///
  /// - Parameter environment: the gateway's own variables, of which programs get the plain ones.
  package init(client: HTTPClient, environment: [String: String] = [:], logger: Logger) {
    self.client = client
    self.environment = environment
    self.logger = logger
    house = ACPProcessPool(environment: environment, logger: logger)
  }

  /// The agents, by name.
  package func agents(for definitions: [AgentDefinition]) -> [String: any Agent] {
    Dictionary(definitions.map { ($0.name, agent(for: $0)) }) { first, _ in first }
  }

  /// Ends the programs that are kept for the next message.
  package func close() async { await house.close() }

  private func agent(for definition: AgentDefinition) -> any Agent {
    let name = definition.name
    return switch definition.kind {
    case .echo: EchoAgent()
    case .openai(let settings):
      bounded(
        OpenAIAgent(name: name, settings: settings, client: client, logger: logger), as: definition,
        retries: settings.retries)
    case .anthropic(let settings):
      bounded(
        AnthropicAgent(name: name, settings: settings, client: client, logger: logger), as: definition,
        retries: settings.retries)
    case .exec(let settings):
      bounded(ExecAgent(name: name, settings: settings, environment: environment, logger: logger), as: definition)
    case .acp(let settings):
      bounded(ACPAgent(name: name, settings: settings, house: house, logger: logger), as: definition)
    }
  }

  /// Puts an agent within its limits: its silence is watched each time that it is asked, what was said before is
  /// shortened for it once, and its time and its place among those at work count for all attempts together.
  private func bounded(_ agent: any Agent, as definition: AgentDefinition, retries: Int = 0) -> any Agent {
    let (name, limits) = (definition.name, definition.limits)
    let watched = WatchedAgent(name: name, agent: agent, limits: limits)
    let shortening = ShorteningAgent(name: name, agent: watched, logger: logger)
    let patient = PatientAgent(name: name, agent: shortening, retries: retries, logger: logger)
    return BoundedAgent(name: name, agent: patient, limits: limits, gate: gates[name])
  }
}
