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

  private struct Guest {
    let conversation: ACPConversation
    /// When it was used last; nil while it is at work.
    var restsSince: ContinuousClock.Instant?
  }

  private var guests: [Place: Guest] = [:]
  /// Those that are being ended: the next one of the same place waits for it.
  private var leaving: [Place: Task<Void, Never>] = [:]
  private let environment: [String: String]
  private let logger: Logger

  /// - Parameter environment: the gateway's own variables, of which the programs get the plain ones.
  init(environment: [String: String], logger: Logger) {
    self.environment = Command.plainEnvironment(of: environment)
    self.logger = logger
  }

  /// The running agent for a message: the one that answered in the conversation before, or one that is started. It is at work
  /// from here on, until it rests or leaves.
  func conversation(
    of agent: String, _ settings: ACPSettings, for request: AgentRequest
  ) async throws(FolderError) -> ACPConversation {
    let place = Place(agent: agent, conversation: request.conversation)
    if let guest = guests[place] {
      let known = guest.conversation
      // Before anything is waited for, or it might be ended meanwhile for having rested too long.
      guests[place]?.restsSince = nil
      let fits = guest.restsSince != nil && known.sessionID == request.sessionID && known.settings == settings
      if fits, await !known.isOver { return known }
      await leave(known)
    }
    await leaving[place]?.value
    let started = try ACPConversation(
      agent: agent, settings: settings,
      environment: environment.merging(settings.environment.map { ($0.name, $0.value.exposed) }) { $1 },
      for: request, logger: logger)
    guests[place] = Guest(conversation: started)
    return started
  }

  /// The running agent of a conversation, where there is one.
  func known(_ agent: String, in request: AgentRequest) -> ACPConversation? {
    guests[Place(agent: agent, conversation: request.conversation)]?.conversation
  }

  /// Keeps a running agent for a while, until it is used again; of too many, the one that has rested longest leaves.
  func rest(_ conversation: ACPConversation) {
    guard let place = place(of: conversation) else { return }
    let now = ContinuousClock.now
    guests[place]?.restsSince = now
    Task {
      try? await Task.sleep(for: Limits.acpRestTime)
      guard guests[place]?.conversation === conversation, guests[place]?.restsSince == now else { return }
      await leave(conversation)
    }
    let resting = guests.values.filter { $0.restsSince != nil }
    guard resting.count > Limits.acpRestingMax,
      let oldest = resting.min(by: { ($0.restsSince ?? now) < ($1.restsSince ?? now) })
    else { return }
    Task { await leave(oldest.conversation) }
  }

  /// Ends a running agent.
  func leave(_ conversation: ACPConversation) async {
    guard let place = place(of: conversation) else { return await conversation.close() }
    guests[place] = nil
    let end = Task { await conversation.close() }
    leaving[place] = end
    await end.value
    if leaving[place] == end { leaving[place] = nil }
  }

  /// Ends all of them.
  func close() async {
    await withTaskGroup { group in
      for guest in guests.values { group.addTask { await self.leave(guest.conversation) } }
    }
  }

  private func place(of conversation: ACPConversation) -> Place? {
    guests.first { $0.value.conversation === conversation }?.key
  }
}
