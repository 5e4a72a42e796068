import Logging
import Processes
import RuleEngine
import Tracing

/// The running agents of the Agent Client Protocol. After a response, an agent keeps running for a while, so that the
/// next message of its conversation need not start it again.
actor ACPProcessPool {
  /// An agent in a conversation.
  private struct Key: Hashable {
    let agent: String
    let conversation: String
  }

  private struct PooledProcess {
    let conversation: ACPConversation
    /// The time at which it became idle, or `nil` while it is working.
    var idleSince: ContinuousClock.Instant?
    /// Ends it when it has been idle for too long.
    var expiry: Task<Void, Never>?
  }

  private var processes: [Key: PooledProcess] = [:]
  /// Processes that are being ended; the next one with the same key waits for that.
  private var ending: [Key: Task<Void, Never>] = [:]
  private var isClosed = false
  /// The controls that each agent announced last, for when it is not running.
  private var controls: [String: AgentControls] = [:]
  /// People's selections, until the gateway ends. A mode is applied once: a program that is started again asks for
  /// permission as its default mode does.
  private var selections: [Key: [AgentControls.Kind: String]] = [:]
  private let environment: [String: String]
  private let logger: Logger

  /// - Parameter environment: the variables that the programs get, without their own.
  init(environment: [String: String], logger: Logger) {
    self.environment = environment
    self.logger = logger
  }

  /// Returns the running agent for a request: the one that is idle in the conversation, or a new one. It counts as
  /// working until it is given to `release(_:)` or `terminate(_:)`.
  func acquire(_ agent: String, _ settings: ACPSettings, for request: AgentRequest) async throws -> ACPConversation {
    let key = Key(agent: agent, conversation: request.conversation)
    let resolver = WorkFolderResolver(agent: agent, project: settings.folder, environment: environment, logger: logger)
    let path = try await resolver.path(for: request)
    // After each suspension, another request may have come, or this one may have been cancelled.
    while true {
      try Task.checkCancellation()
      if let process = processes[key] {
        process.expiry?.cancel()
        processes[key]?.idleSince = nil
        let known = process.conversation
        let fits =
          process.idleSince != nil && known.sessionID == request.sessionID && known.settings == settings
          && known.workFolder == path && !known.isOver
        if fits { return known }
        await terminate(known)
      } else if let end = ending[key] {
        await end.value
      } else {
        break
      }
    }
    guard !isClosed else { throw CancellationError() }
    let started = try ACPConversation(
      agent: agent, settings: settings,
      environment: settings.environment.added(to: environment).withTraceparent,
      knownControls: controls[agent] ?? AgentControls(), for: request, in: path, logger: logger)
    processes[key] = PooledProcess(conversation: started)
    for (kind, id) in selections[key] ?? [:] { _ = try await started.select(id, for: kind) }
    selections[key]?[.mode] = nil
    return started
  }

  /// Returns the running agent of a request's conversation, or `nil`.
  func conversation(of agent: String, for request: AgentRequest) -> ACPConversation? {
    processes[Key(agent: agent, conversation: request.conversation)]?.conversation
  }

  /// Returns an agent's controls in a conversation or, if it is not running there, its last ones anywhere.
  func controls(of agent: String, in conversation: String) async -> AgentControls? {
    let key = Key(agent: agent, conversation: conversation)
    if let current = await processes[key]?.conversation.controls { controls[agent] = current }
    guard processes[key] == nil, let selections = selections[key] else { return controls[agent] }
    var controls = controls[agent]
    for (kind, id) in selections { controls?.settings[kind]?.current = id }
    return controls
  }

  /// Changes a setting of an agent in a conversation, or stores the selection for when it runs.
  func select(
    _ id: String, for kind: AgentControls.Kind, of agent: String, in conversation: String
  ) async throws -> SelectionResult {
    let key = Key(agent: agent, conversation: conversation)
    if selections.count >= Limits.acpChoicesMax { selections = [:] }
    guard let running = processes[key]?.conversation, !running.isOver else {
      selections[key, default: [:]][kind] = id
      return .deferred
    }
    let result = try await running.select(id, for: kind)
    if kind == .model, result == .applied || result == .deferred { selections[key, default: [:]][kind] = id }
    return result
  }

  /// Keeps an idle agent for a while. Of too many, the one that has been idle for longest is ended.
  func release(_ conversation: ACPConversation) async {
    guard let key = key(of: conversation) else { return await conversation.close() }
    processes[key]?.idleSince = .now
    if let current = await conversation.controls { controls[key.agent] = current }
    processes[key]?.expiry = Task {
      do { try await Task.sleep(for: Limits.acpRestTime) } catch { return }
      if processes[key]?.idleSince != nil { terminate(key) }
    }
    let idle = processes.compactMap { key, process in process.idleSince.map { (key: key, since: $0) } }
    guard idle.count > Limits.acpRestingMax, let oldest = idle.min(by: { $0.since < $1.since }) else { return }
    terminate(oldest.key)
  }

  /// Ends an agent, and waits until it has ended.
  func terminate(_ conversation: ACPConversation) async {
    guard let key = key(of: conversation) else { return await conversation.close() }
    await terminate(key)?.value
  }

  /// Ends all agents, and starts no more.
  func close() async {
    isClosed = true
    for key in Array(processes.keys) { terminate(key) }
    for end in Array(ending.values) { await end.value }
  }

  @discardableResult
  private func terminate(_ key: Key) -> Task<Void, Never>? {
    guard let process = processes.removeValue(forKey: key) else { return ending[key] }
    process.expiry?.cancel()
    let end = Task {
      await process.conversation.close()
      ending[key] = nil
    }
    ending[key] = end
    return end
  }

  private func key(of conversation: ACPConversation) -> Key? {
    processes.first { $0.value.conversation === conversation }?.key
  }
}
