import Logging
import Processes
import RuleEngine
import Vocabulary

/// The agents of the Agent Client Protocol that are running, each with its conversation: one is kept for a while, so that
/// the next message finds it there.
actor ACPHouse {
  /// Which agent in which conversation's place.
  private struct Place: Hashable {
    let agent: String
    let conversation: String
  }

  private var running: [Place: ACPConversation] = [:]
  private var expiries: [Place: Task<Void, Never>] = [:]
  private let environment: [String: String]
  private let logger: Logger

  /// - Parameter environment: the gateway's own variables, of which the programs get the plain ones.
  init(environment: [String: String], logger: Logger) {
    self.environment = Command.plainEnvironment(of: environment)
    self.logger = logger
  }

  /// The running agent for a message: the one that answered in the conversation before, or one that is started.
  func conversation(
    of agent: String, _ settings: ACPSettings, for request: AgentRequest
  ) async throws(FolderError) -> ACPConversation {
    let place = Place(agent: agent, conversation: request.conversation)
    if let known = running[place] {
      if known.sessionID == request.sessionID, known.settings == settings, await known.isReady { return known }
      await leave(known)
    }
    await makeRoom()
    let started = try ACPConversation(
      agent: agent, settings: settings,
      environment: environment.merging(settings.environment.map { ($0.name, $0.value.exposed) }) { $1 },
      for: request, logger: logger)
    running[place] = started
    return started
  }

  /// The running agent of a conversation, where there is one.
  func known(_ agent: String, in request: AgentRequest) -> ACPConversation? {
    running[Place(agent: agent, conversation: request.conversation)]
  }

  /// Keeps a running agent for a while, until it is used again.
  func rest(_ conversation: ACPConversation) async {
    guard let place = place(of: conversation) else { return }
    let lastUse = await conversation.lastUse
    expiries[place]?.cancel()
    expiries[place] = Task {
      do { try await Task.sleep(for: Limits.acpRestTime) } catch { return }
      if await conversation.lastUse == lastUse { await leave(conversation) }
    }
  }

  /// Ends a running agent.
  func leave(_ conversation: ACPConversation) async {
    await conversation.close()
    guard let place = place(of: conversation) else { return }
    running[place] = nil
    expiries.removeValue(forKey: place)?.cancel()
  }

  /// Ends all of them.
  func close() async {
    let all = running.values
    running = [:]
    for expiry in expiries.values { expiry.cancel() }
    expiries = [:]
    await withTaskGroup { group in
      for conversation in all { group.addTask { await conversation.close() } }
    }
  }

  private func place(of conversation: ACPConversation) -> Place? {
    running.first { $0.value === conversation }?.key
  }

  /// Ends the one that has rested longest where there are too many; those at work stay.
  private func makeRoom() async {
    guard running.count >= Limits.acpRunningMax else { return }
    var resting: [(conversation: ACPConversation, lastUse: ContinuousClock.Instant)] = []
    for conversation in running.values where await !conversation.isAtWork {
      resting.append((conversation, await conversation.lastUse))
    }
    if let oldest = resting.min(by: { $0.lastUse < $1.lastUse }) { await leave(oldest.conversation) }
  }
}
