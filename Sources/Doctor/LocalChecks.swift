import Agents
import ConfigLoader
import Core
import FoundationEssentials
import RuleEngine
import Transport

extension Doctor {
  /// Checks the required variables, the mode of `.env`, and the address.
  func settingsChecks() -> [DoctorCheck] {
    var settings = input.problems.map { DoctorCheck.wrong(.settings, $0.summary, remedy: $0.remedy.sentences) }
    if settings.isEmpty { settings = [.good(.settings, DoctorTexts.settings(from: input.origins))] }
    return settings + input.ofStart + (input.address.map { [.good(.address, $0.text)] } ?? [])
  }

  /// Checks that edgecrab's folder and the store in it can be written. The gateway creates both when it first starts.
  func dataChecks() -> [DoctorCheck] {
    let store = input.storePath
    let files = FileManager.default
    var isDirectory = false
    guard files.fileExists(atPath: input.home, isDirectory: &isDirectory) else {
      let parent = nearestFolder(above: input.home)
      let folder: DoctorCheck =
        files.isWritableFile(atPath: parent)
        ? .good(.folder, DoctorTexts.willBeCreated(input.home))
        : .wrong(.folder, DoctorTexts.cannotBeCreated(input.home, in: parent), remedy: [DoctorTexts.ownFolder])
      let isGood = folder.state == .good
      return [folder, isGood ? .good(.store, DoctorTexts.newStore) : .unchecked(.store, DoctorTexts.notReached)]
    }
    guard isDirectory, files.isWritableFile(atPath: input.home), files.isExecutableFile(atPath: input.home) else {
      return [
        .wrong(.folder, DoctorTexts.notWritable(input.home), remedy: [DoctorTexts.ownFolder]),
        .unchecked(.store, DoctorTexts.notReached),
      ]
    }
    let folder = DoctorCheck.good(.folder, input.home)
    guard files.fileExists(atPath: store) else { return [folder, .good(.store, DoctorTexts.newStore)] }
    let isUsable = files.isReadableFile(atPath: store) && files.isWritableFile(atPath: store)
    return [
      folder,
      isUsable
        ? .good(.store, DoctorTexts.store)
        : .wrong(.store, DoctorTexts.notWritable(store), remedy: [DoctorTexts.ownFile]),
    ]
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
