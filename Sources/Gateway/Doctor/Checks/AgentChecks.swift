import AgentSessions
import ConfigLoader
import RuleEngine
import Transport

extension Doctor {
  /// Whether the rules' agents can be asked. None is: endpoints tell their models, and programs greet.
  func agentChecks() async -> [DoctorCheck] {
    guard let rules = (try? patient.rules.get())?.rules else { return [.unchecked(.agents, DoctorTexts.noRules)] }
    let probe = AgentProbe(client: HTTPClient(logger: logger), environment: patient.variables, logger: logger)
    let findings = await probe.findings(of: rules.agents)
    let folders = rules.agents.compactMap { agent in
      agent.kind.folder?.problem.map {
        DoctorCheck.wrong(.agents, DoctorTexts.folder($0, of: agent.name), cure: [DoctorTexts.makeFolder])
      }
    }
    guard !findings.isEmpty || !folders.isEmpty else {
      return [.good(.agents, DoctorTexts.nothingToLookAt(rules.agents.count))]
    }
    return folders
      + findings.map { finding in
        let text = "\(finding.agent): \(finding.text)"
        let cure = finding.cure.isEmpty ? [] : [finding.cure]
        switch finding.state {
        case .good: return .good(.agents, text)
        case .unknown: return .unchecked(.agents, text)
        case .doubtful: return .warning(.agents, text, cure: cure)
        case .bad: return .wrong(.agents, text, cure: cure)
        }
      }
  }
}
