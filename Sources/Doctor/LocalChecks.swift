import Agents
import ConfigLoader
import Core
import FoundationEssentials
import RuleEngine
import Sessions
import Transport

extension Doctor {
  /// Checks the required variables, the mode of `.env`, and the address.
  func settingsChecks() -> [DoctorCheck] {
    var settings = input.problems.map { DoctorCheck.wrong(.settings, $0.summary, remedy: $0.remedy.sentences) }
    if settings.isEmpty { settings = [.good(.settings, DoctorTexts.settings(from: input.origins))] }
    return settings + input.ofStart + (input.address.map { [.good(.address, $0.text)] } ?? [])
  }

  /// Checks that edgecrab's folder can be written, and the store if it is a file in it. The gateway creates both when it
  /// first starts.
  func dataChecks() -> [DoctorCheck] {
    let folder = folderCheck()
    guard case .success(.file(let store)) = input.store else { return [folder] }
    return [folder, folder.state == .good ? fileCheck(store) : .unchecked(.store, DoctorTexts.notReached)]
  }

  private func folderCheck() -> DoctorCheck {
    let files = FileManager.default
    var isDirectory = false
    guard files.fileExists(atPath: input.home, isDirectory: &isDirectory) else {
      let parent = nearestFolder(above: input.home)
      return files.isWritableFile(atPath: parent)
        ? .good(.folder, DoctorTexts.willBeCreated(input.home))
        : .wrong(.folder, DoctorTexts.cannotBeCreated(input.home, in: parent), remedy: [DoctorTexts.ownFolder])
    }
    let isUsable =
      isDirectory && files.isWritableFile(atPath: input.home) && files.isExecutableFile(atPath: input.home)
    return isUsable
      ? .good(.folder, input.home)
      : .wrong(.folder, DoctorTexts.notWritable(input.home), remedy: [DoctorTexts.ownFolder])
  }

  private func fileCheck(_ store: String) -> DoctorCheck {
    let files = FileManager.default
    guard files.fileExists(atPath: store) else { return .good(.store, DoctorTexts.newStore) }
    return files.isReadableFile(atPath: store) && files.isWritableFile(atPath: store)
      ? .good(.store, DoctorTexts.store)
      : .wrong(.store, DoctorTexts.notWritable(store), remedy: [DoctorTexts.ownFile])
  }

  private func nearestFolder(above path: String) -> String {
    var parts = path.split(separator: "/", omittingEmptySubsequences: false)
    while parts.count > 1 {
      parts.removeLast()
      let folder = parts.joined(separator: "/")
      if folder.isEmpty { return "/" }
      if FileManager.default.fileExists(atPath: folder) { return folder }
    }
    return "."
  }

  /// Checks that the agents are reachable, without sending them a message: endpoints list their models, and programs
  /// that speak the Agent Client Protocol are started and initialized.
  func agentChecks() async -> [DoctorCheck] {
    guard let rules = (try? input.rules.get())?.rules else { return [.unchecked(.agents, DoctorTexts.noRules)] }
    return await checks(of: rules.agents)
  }

  func checks(of agents: [AgentDefinition]) async -> [DoctorCheck] {
    let probe = AgentProbe(client: HTTPClient(logger: logger), environment: input.variables, logger: logger)
    let folders = agents.compactMap { agent in
      agent.kind.folder?.problem.map {
        DoctorCheck.wrong(.agents, "\(agent.name): \($0)", remedy: [DoctorTexts.createFolder])
      }
    }
    let results = await probe.results(for: agents).map { diagnostic in
      let text = "\(diagnostic.agent): \(diagnostic.summary)"
      let remedy = diagnostic.remedy.isEmpty ? [] : [diagnostic.remedy]
      switch diagnostic.state {
      case .good: return DoctorCheck.good(.agents, text)
      case .unknown: return .unchecked(.agents, text)
      case .doubtful: return .warning(.agents, text, remedy: remedy)
      case .bad: return .wrong(.agents, text, remedy: remedy)
      }
    }
    let checks = folders + results
    return checks.isEmpty ? [.good(.agents, DoctorTexts.noProgramNeeded(agents.count))] : checks
  }
}
