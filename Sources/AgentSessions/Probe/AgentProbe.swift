import Core
import FoundationEssentials
package import Logging
import Processes
package import RuleEngine
package import Transport

/// Finds out whether the agents of a rules file can be asked, without asking them: no endpoint is sent a message, and of
/// programs only those that speak the Agent Client Protocol are started, for a greeting.
package struct AgentProbe: Sendable {
  let client: HTTPClient
  let environment: [String: String]
  let logger: Logger

  /// - Parameter environment: the gateway's own variables, of which programs get the plain ones.
  package init(client: HTTPClient, environment: [String: String], logger: Logger) {
    self.client = client
    self.environment = Command.plainEnvironment(of: environment)
    self.logger = logger
  }

  /// Returns what was found of each agent that an endpoint or a program answers for, in their order.
  package func findings(of agents: [AgentDefinition]) async -> [AgentProbeResult] {
    await withTaskGroup(of: (Int, AgentProbeResult?).self) { group in
      var findings = [AgentProbeResult?](repeating: nil, count: agents.count)
      for (index, agent) in agents.enumerated() {
        if index >= Limits.probesMax, let (done, finding) = await group.next() { findings[done] = finding }
        group.addTask { (index, await finding(of: agent)) }
      }
      for await (done, finding) in group { findings[done] = finding }
      return findings.compactMap(\.self)
    }
  }

  private func finding(of agent: AgentDefinition) async -> AgentProbeResult? {
    if agent.kind.folder?.isWorktree == true {
      let git = program(agent.name, "git", [], in: nil)
      guard git.state == .good else { return git }
    }
    return switch agent.kind {
    case .echo: nil
    case .openai(let settings): await EndpointProbe(agent.name, settings, .openai, client).finding()
    case .anthropic(let settings): await EndpointProbe(agent.name, settings, .anthropic, client).finding()
    case .exec(let settings):
      switch settings.program {
      // The shell looks for its programs itself, as it comes to them.
      case .shell: nil
      case .command(let words): program(agent.name, words[0], settings.environment, in: settings.folder)
      }
    case .acp(let settings): await greeting(agent.name, settings)
    }
  }

  private func program(
    _ agent: String, _ name: String, _ own: [NamedValue], in folder: ProjectFolder?
  ) -> AgentProbeResult {
    let path = environment.merging(own.map { ($0.name, $0.value.exposed) }) { $1 }["PATH"] ?? ""
    guard let file = Self.path(of: name, in: folder) else {
      return AgentProbeResult(
        agent: agent, state: .unknown,
        text: "the program \(name) is looked for where it is to work, which only a message tells", cure: "")
    }
    if let problem = ExecutableProblem(of: file, searchPath: path) {
      return AgentProbeResult(agent: agent, state: .bad, text: problem.text, cure: problem.cure)
    }
    return AgentProbeResult(agent: agent, state: .good, text: "the program \(name) is there", cure: "")
  }

  /// Returns a program by its absolute path or, if it is looked for in `PATH`, its name; `nil` if the folder is not
  /// known in which a relative path begins.
  private static func path(of name: String, in folder: ProjectFolder?) -> String? {
    guard ExecutableProblem.isRelative(name) else { return name }
    return folder.flatMap { $0.isFixed ? "\($0.fixedPath)/\(name)" : nil }
  }

  private func greeting(_ agent: String, _ settings: ACPSettings) async -> AgentProbeResult {
    let found = program(agent, settings.command[0], settings.environment, in: settings.folder)
    guard found.state == .good else { return found }
    var settings = settings
    // It is greeted in a folder of its own.
    if let file = Self.path(of: settings.command[0], in: settings.folder) { settings.command[0] = file }
    let variables = environment.merging(settings.environment.map { ($0.name, $0.value.exposed) }) { $1 }
    return await ACPProbe(agent: agent, settings: settings, environment: variables, logger: logger).finding()
  }
}
