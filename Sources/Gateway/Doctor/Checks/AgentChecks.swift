import ConfigLoader
import Glibc
import RuleEngine

extension Doctor {
  /// Whether the programs that the rules' agents run are there. Endpoints are not asked: that may cost.
  func agentChecks() -> [Check] {
    guard let rules = (try? patient.rules.get())?.rules else { return [.unchecked(.agents, DoctorTexts.noRules)] }
    let programs = rules.agents.compactMap { agent in agent.program.map { (agent: agent.name, name: $0) } }
    let missing = programs.filter { !isThere($0.name) }
    guard missing.isEmpty else {
      return missing.map {
        .wrong(.agents, DoctorTexts.missing($0.name, of: $0.agent), cure: [DoctorTexts.install])
      }
    }
    return [.good(.agents, DoctorTexts.found(programs.map(\.name), of: rules.agents.count))]
  }

  /// Whether a program can be run: by its path, or as a name that stands in `PATH`.
  private func isThere(_ program: String) -> Bool {
    if program.contains("/") { return access(program, X_OK) == 0 }
    return patient.searchPath.split(separator: ":").contains { access("\($0)/\(program)", X_OK) == 0 }
  }
}

extension AgentDefinition {
  /// The program that is run; nil where there is none, or a shell finds it.
  fileprivate var program: String? {
    switch kind {
    case .exec(let settings): if case .command(let words) = settings.program { words.first } else { nil }
    case .acp(let settings): settings.command.first
    case .echo, .openai, .anthropic: nil
    }
  }
}
