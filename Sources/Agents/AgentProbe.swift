package import Logging
package import RuleEngine
package import Transport

/// Checks whether the agents of a rules file can be asked, without asking a model anything: endpoints list their
/// models, and of programs only those that speak the Agent Client Protocol are started, for `initialize`.
package struct AgentProbe: Sendable {
  private let resources: AgentResources

  /// - Parameter environment: the gateway's environment, of which programs get the variables that are safe to pass on.
  package init(client: HTTPClient, environment: [String: String], logger: Logger) {
    resources = AgentResources(client: client, environment: environment, logger: logger)
  }

  /// Returns the results for all agents with an endpoint or a program, in the order of the agents.
  package func results(for agents: [AgentDefinition]) async -> [AgentProbeResult] {
    await withTaskGroup(of: (Int, AgentProbeResult?).self) { group in
      var results = [AgentProbeResult?](repeating: nil, count: agents.count)
      for (index, agent) in agents.enumerated() {
        if index >= Limits.probesMax, let (done, result) = await group.next() { results[done] = result }
        group.addTask { (index, await result(for: agent)) }
      }
      for await (done, result) in group { results[done] = result }
      return results.compactMap(\.self)
    }
  }

  /// Returns the models that an agent's endpoint lists, or `nil` if the agent has no endpoint.
  package func models(of agent: AgentDefinition, within limit: Duration) async -> ModelListing? {
    await agent.backend(resources)?.models(within: limit)
  }

  private func result(for agent: AgentDefinition) async -> AgentProbeResult? {
    if agent.kind.folder?.isWorktree == true {
      let git = ProgramProbe(agent: agent.name, environment: resources.environment).result("git", project: nil)
      guard git.state == .good else { return git }
    }
    return await agent.backend(resources)?.probe()
  }
}
