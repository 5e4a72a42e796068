import Core
import Logging
import Processes
import RuleEngine

/// The agents of the Agent Client Protocol that are running, each with its conversation: one is kept for a while, so that
/// the next message finds it there.
actor ACPProcessPool {
  /// Which agent in which conversation's place.
  private struct Place: Hashable {
    let agent: String
    let conversation: String
  }

  private struct Guest {
    let conversation: ACPConversation
    /// When it was used last; nil while it is at work.
    var restsSince: ContinuousClock.Instant?
    /// Ends it when it has rested too long.
    var expiry: Task<Void, Never>?
  }

  private var guests: [Place: Guest] = [:]
  /// Those that are being ended: the next one of the same place waits for it.
  private var leaving: [Place: Task<Void, Never>] = [:]
  private var isClosed = false
  /// What each agent last offered, for when it does not run.
  private var offers: [String: AgentControls] = [:]
  /// What people chose, until the gateway ends. A mode is given once: a program that is started again asks for permission as
  /// its maker wants it.
  private var chosen: [Place: [AgentControls.Kind: String]] = [:]
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
  ) async throws -> ACPConversation {
    let place = Place(agent: agent, conversation: request.conversation)
    let workFolder = WorkFolderResolver(
      agent: agent, project: settings.folder, environment: environment, logger: logger)
    let path = try await workFolder.path(for: request)
    // Looked at anew after each wait: another message may have come for the same place, or this one been stopped.
    while true {
      try Task.checkCancellation()
      if let guest = guests[place] {
        guest.expiry?.cancel()
        guests[place]?.restsSince = nil
        let known = guest.conversation
        let fits =
          guest.restsSince != nil && known.sessionID == request.sessionID && known.settings == settings
          && known.workFolder == path
        if fits, await !known.isOver, guests[place]?.conversation === known { return known }
        await leave(known)
      } else if let end = leaving[place] {
        await end.value
      } else {
        break
      }
    }
    guard !isClosed else { throw CancellationError() }
    let started = try ACPConversation(
      agent: agent, settings: settings,
      environment: environment.merging(settings.environment.map { ($0.name, $0.value.exposed) }) { $1 },
      offered: offers[agent] ?? AgentControls(), for: request, in: path, logger: logger)
    guests[place] = Guest(conversation: started)
    for (kind, id) in chosen[place] ?? [:] { _ = try await started.choose(id, for: kind) }
    chosen[place]?[.mode] = nil
    return started
  }

  /// The running agent of a conversation, where there is one.
  func known(_ agent: String, in request: AgentRequest) -> ACPConversation? {
    guests[Place(agent: agent, conversation: request.conversation)]?.conversation
  }

  /// Returns what an agent offers in a conversation, or what it last did elsewhere if it does not run there.
  func offer(of agent: String, in conversation: String) async -> AgentControls? {
    let place = Place(agent: agent, conversation: conversation)
    if let offer = await guests[place]?.conversation.offer { offers[agent] = offer }
    return offers[agent].map { offer in
      guard guests[place] == nil, let chosen = chosen[place] else { return offer }
      var offer = offer
      for (kind, id) in chosen { offer.settings[kind]?.current = id }
      return offer
    }
  }

  /// Sets something that an agent offers in a conversation.
  func choose(
    _ id: String, for kind: AgentControls.Kind, of agent: String, in conversation: String
  ) async throws -> SelectionResult {
    let place = Place(agent: agent, conversation: conversation)
    if chosen.count >= Limits.acpChoicesMax { chosen = [:] }
    guard let running = guests[place]?.conversation, await !running.isOver else {
      chosen[place, default: [:]][kind] = id
      return .kept
    }
    let choice = try await running.choose(id, for: kind)
    if kind == .model, choice == .made || choice == .kept { chosen[place, default: [:]][kind] = id }
    return choice
  }

  /// Keeps a running agent for a while, until it is used again; of too many, the one that has rested longest leaves.
  func rest(_ conversation: ACPConversation) async {
    guard let place = place(of: conversation) else { return await conversation.close() }
    guests[place]?.restsSince = .now
    if let offer = await conversation.offer { offers[place.agent] = offer }
    guests[place]?.expiry = Task {
      do { try await Task.sleep(for: Limits.acpRestTime) } catch { return }
      if guests[place]?.restsSince != nil { showOut(place) }
    }
    let resting = guests.compactMap { place, guest in guest.restsSince.map { (place: place, since: $0) } }
    guard resting.count > Limits.acpRestingMax, let oldest = resting.min(by: { $0.since < $1.since }) else { return }
    showOut(oldest.place)
  }

  /// Ends a running agent.
  func leave(_ conversation: ACPConversation) async {
    guard let place = place(of: conversation) else { return await conversation.close() }
    await showOut(place)?.value
  }

  /// Ends all of them; none is started any more.
  func close() async {
    isClosed = true
    for place in Array(guests.keys) { showOut(place) }
    for end in Array(leaving.values) { await end.value }
  }

  /// Begins to end whoever is in a place.
  @discardableResult
  private func showOut(_ place: Place) -> Task<Void, Never>? {
    guard let guest = guests.removeValue(forKey: place) else { return leaving[place] }
    guest.expiry?.cancel()
    let end = Task {
      await guest.conversation.close()
      leaving[place] = nil
    }
    leaving[place] = end
    return end
  }

  private func place(of conversation: ACPConversation) -> Place? {
    guests.first { $0.value.conversation === conversation }?.key
  }
}
