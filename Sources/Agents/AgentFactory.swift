import Core
package import Logging
import Processes
package import RuleEngine
import Synchronization
package import Transport

/// Makes the agents that a rules file declares, and owns all that they start.
package final class AgentFactory: Sendable {
  private let resources: AgentResources
  private let clock: any Clock<Duration>
  private let tasks = TaskOwner()
  /// By the agents' names: the limit of an agent holds across rule changes.
  private let semaphores = Mutex<[String: AsyncSemaphore]>([:])

  /// Creates a factory.
  ///
  /// - Parameters:
  ///   - environment: the gateway's environment, of which programs get the variables that hold no secrets.
  ///   - clock: measures the agents' limits of time, and the pauses before they are asked again.
  package init(
    client: HTTPClient, environment: [String: String] = [:], clock: any Clock<Duration> = PreferredClock(),
    logger: Logger
  ) {
    self.clock = clock
    resources = AgentResources(client: client, environment: environment, logger: logger)
  }

  /// Returns the agents by their names.
  package func agents(for definitions: [AgentDefinition]) -> [String: any Agent] {
    Dictionary(definitions.map { ($0.name, agent(for: $0)) }) { first, _ in first }
  }

  /// Cancels all requests and ends all programs, and waits until they have ended.
  package func close() async {
    await tasks.close()
    await resources.processes.close()
  }

  /// Returns the semaphore that limits the concurrency of all agents of a name.
  func semaphore(for name: String) -> AsyncSemaphore {
    semaphores.withLock { semaphores in
      let semaphore = semaphores[name] ?? AsyncSemaphore(limit: .max)
      semaphores[name] = semaphore
      return semaphore
    }
  }

  private func agent(for definition: AgentDefinition) -> any Agent {
    guard let backend = definition.backend(resources) else { return EchoAgent() }
    return AgentRunner(
      name: definition.name, backend: backend, limits: definition.limits,
      semaphore: semaphore(for: definition.name), tasks: tasks, clock: clock, logger: resources.logger)
  }
}

/// Resources that the backends of all agents share.
struct AgentResources: Sendable {
  let client: HTTPClient
  /// The variables of the gateway's environment that programs get.
  let environment: [String: String]
  let processes: ACPProcessPool
  let logger: Logger

  init(client: HTTPClient, environment: [String: String], logger: Logger) {
    self.client = client
    self.environment = Command.plainEnvironment(of: environment)
    self.logger = logger
    processes = ACPProcessPool(environment: self.environment, logger: logger)
  }
}

extension AgentDefinition {
  /// The implementation of the agent's kind, or `nil` for `echo`, which needs none. This is the only list of kinds in
  /// this target: what a kind can do is a requirement of `AgentBackend`.
  func backend(_ resources: AgentResources) -> (any AgentBackend)? {
    switch kind {
    case .echo: nil
    case .chat(.openai, let settings): ChatAgent<OpenAI>(name: name, settings: settings, resources)
    case .chat(.anthropic, let settings): ChatAgent<Anthropic>(name: name, settings: settings, resources)
    case .exec(let settings): ExecAgent(name: name, settings: settings, resources)
    case .acp(let settings): ACPAgent(name: name, settings: settings, resources)
    }
  }
}

extension ChatAgent {
  init(name: String, settings: ChatSettings, _ resources: AgentResources) {
    self.init(name: name, settings: settings, client: resources.client, logger: resources.logger)
  }
}

extension ExecAgent {
  init(name: String, settings: ExecSettings, _ resources: AgentResources) {
    self.init(
      name: name, settings: settings, baseEnvironment: resources.environment, logger: resources.logger)
  }
}

extension ACPAgent {
  init(name: String, settings: ACPSettings, _ resources: AgentResources) {
    self.init(
      name: name, settings: settings, processes: resources.processes, environment: resources.environment,
      logger: resources.logger)
  }
}
