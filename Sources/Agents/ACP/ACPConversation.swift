import Core
import Logging
import RuleEngine
import Tracing

/// A running agent with the one conversation that it was started for.
///
/// Specification: https://agentclientprotocol.com/protocol/prompt-turn
actor ACPConversation {
  /// See `AgentRequest.sessionID`.
  nonisolated let sessionID: String
  nonisolated let settings: ACPSettings
  /// The path of the folder in which the program works.
  nonisolated let workFolder: String

  private let agent: String
  private let folderIdentity: FileIdentity?
  private let connection: ACPConnection
  private let handshake: ACPHandshake
  private let servers: MCPServers
  private let receiver: SessionUpdateReceiver
  private let requests: ClientRequestHandler
  private let logger: Logger
  /// The controls that the agent announced in other conversations: it announces its commands only after a session
  /// began.
  private let knownControls: AgentControls

  private var capabilities: AgentCapabilities?
  private var session: ACPSession?
  /// Selections to apply to the next session: those made without one, and the model, which has to be set for every
  /// session.
  private var selections: [AgentControls.Kind: String] = [:]
  /// Messages that were added since the last prompt.
  private var steering: [AgentRequest] = []
  private var acceptsSteering = false
  /// The session of the prompt that is being answered.
  private var prompted: String?

  /// Starts the program.
  ///
  /// - Parameters:
  ///   - environment: the program's environment, complete.
  ///   - workFolder: the folder in which it works.
  init(
    agent: String, settings: ACPSettings, environment: [String: String], knownControls: AgentControls,
    for request: AgentRequest, in workFolder: String, logger: Logger
  ) throws(FolderError) {
    let folder = request.services.folder
    try folder.create()
    self.agent = agent
    self.settings = settings
    self.workFolder = workFolder
    self.knownControls = knownControls
    self.logger = logger
    sessionID = request.sessionID
    folderIdentity = FileIdentity(path: workFolder)
    servers = MCPServers(servers: settings.mcpServers, folder: workFolder, environment: environment)
    let receiver = SessionUpdateReceiver()
    let own = SessionFolder(path: workFolder)
    let requests = ClientRequestHandler(
      agent: agent, folders: own == folder ? [folder] : [own, folder], receiver: receiver)
    connection = ACPConnection(
      agent: agent, settings: settings, in: workFolder, environment: environment, locking: folder.path,
      logger: logger, notification: receiver.receive, request: requests.handle)
    handshake = ACPHandshake(agent: agent, peer: connection.peer, settings: settings, logger: logger)
    self.receiver = receiver
    self.requests = requests
  }

  /// True if it can no longer be used: the program has ended, or its folder was deleted.
  nonisolated var isOver: Bool {
    connection.peer.isClosed || FileIdentity(path: workFolder) != folderIdentity
  }

  /// Standard error of the program.
  nonisolated var errors: StandardErrorLog { connection.errors }

  /// Ends the program with all its processes, and waits until they have ended.
  func close() async { await connection.close() }

  /// Works on a request. Cancelling the task tells the agent to stop and gives it a moment; the conversation has to be
  /// closed after that.
  func respond(to request: AgentRequest, into response: ResponseWriter) async throws {
    acceptsSteering = true
    await errors.beginRequest()
    let result: PromptResult
    do {
      result = try await prompts(request, response)
    } catch {
      await finish()
      throw error
    }
    await finish()
    for part in result.parts { response.write(part) }
  }

  /// Adds a message to the request that is being worked on: the prompt is cancelled and another one follows, so that
  /// the agent still knows what it has done so far. Returns `false` if there is none.
  func steer(with message: AgentRequest) async -> Bool {
    guard acceptsSteering else { return false }
    steering.append(message)
    if let prompted { await cancel(prompted) }
    return true
  }

  /// The controls of the session, or `nil` if there is none yet.
  var controls: AgentControls? { session.map { receiver.controls(of: $0.id).controls } }

  /// Changes a setting, now or as soon as there is a session.
  func select(_ id: String, for kind: AgentControls.Kind) async throws -> SelectionResult {
    guard let session else {
      selections[kind] = id
      return .deferred
    }
    guard let request = receiver.controls(of: session.id).request(setting: kind, to: id, in: session.id) else {
      return .unsupported
    }
    let result: JSON
    do {
      result = try await withTimeLimit(Limits.acpChoiceTime) { [connection] in
        try await connection.peer.call(request.method, request.params)
      }
    } catch is TimeLimitExceeded {
      return .rejected("it does not answer")
    }
    receiver.updateControls(of: session.id) { $0.didSet(kind, to: id, result: result) }
    if kind == .model { selections[kind] = id }
    return .applied
  }

  /// Sends a prompt, and further ones for messages that are added meanwhile.
  private func prompts(_ request: AgentRequest, _ response: ResponseWriter) async throws -> PromptResult {
    let capabilities = try await initialize()
    response.keepAlive()
    let session = try await openSession(for: request, capabilities)
    response.keepAlive()
    receiver.begin(in: session.id, response, folder: request.services.folder)
    let unseen = session.isNew ? request.history[...] : request.history.unseen(by: agent)
    let command = command(of: request, in: session.id)
    var prompt =
      if let command { ACPPrompt(command: command) } else {
        await ACPPrompt(request, unseen: unseen, takesImages: capabilities.takesImages, logger: logger)
      }
    try await request.services.recordStart()
    var end = PromptResult()
    while true {
      while !steering.isEmpty {
        let message = steering.removeFirst()
        if prompt.blocks.isEmpty, steering.isEmpty, let command = self.command(of: message, in: session.id) {
          prompt = ACPPrompt(command: command)
        } else {
          prompt.append(await ACPPrompt(message, unseen: [], takesImages: capabilities.takesImages, logger: logger))
        }
      }
      await requests.open(for: request.services)
      let result = try await send(prompt, in: session.id)
      try Task.checkCancellation()
      await record(result, in: &end, request.services, hasHistory: command == nil)
      guard !steering.isEmpty else {
        // Set without a suspension since the check: a message that comes now is not accepted.
        acceptsSteering = false
        guard end.stopReason != "cancelled" else { throw AgentFailure(.cutOff, agent: agent) }
        return end
      }
      receiver.beginNextPrompt()
      prompt = ACPPrompt()
    }
  }

  /// Returns the message if it is a command of the agent's own.
  private func command(of request: AgentRequest, in session: String) -> String? {
    request.command(of: receiver.controls(of: session).controls) ?? request.command(of: knownControls)
  }

  private func send(_ prompt: ACPPrompt, in session: String) async throws -> JSON {
    // See https://agentclientprotocol.com/protocol/extensibility.
    let meta: JSON? = Span.current.map { ["traceparent": .string($0.context.traceparent)] }
    let id = try connection.peer.send(
      "session/prompt",
      .object(present: ["sessionId": .string(session), "prompt": .array(prompt.blocks), "_meta": meta]))
    prompted = session
    defer { prompted = nil }
    // A message may have been added while the prompt was put together.
    if !steering.isEmpty { await cancel(session) }
    do {
      return try await connection.peer.response(to: id)
    } catch is CancellationError {
      // A task of its own, since this one is cancelled and would not wait.
      await Task { await stop(session, awaiting: id) }.value
      throw CancellationError()
    }
  }

  /// Tells the agent to stop, and gives it a moment.
  private func stop(_ session: String, awaiting id: Int) async {
    acceptsSteering = false
    await cancel(session)
    _ = try? await withTimeLimit(Limits.acpCancelTime) { [connection] in try await connection.peer.response(to: id) }
  }

  private func cancel(_ session: String) async {
    await requests.close()
    connection.peer.notify("session/cancel", ["sessionId": .string(session)])
  }

  private func finish() async {
    acceptsSteering = false
    steering = []
    receiver.end()
    await requests.close()
  }

  /// Records the result of a prompt, and saves the session. A session that has not seen the history is not saved: if it
  /// were resumed, the agent would know nothing.
  private func record(
    _ result: JSON, in end: inout PromptResult, _ services: any AgentContext, hasHistory: Bool
  ) async {
    guard var session else { return }
    let before = SavedACPSession(session: session.id, counted: session.counted)
    end.add(result, since: &session.counted)
    let after = SavedACPSession(session: session.id, counted: session.counted)
    let isChanged = session.isNew || after != before
    // A command of the agent's own was sent without the history.
    session.isNew = session.isNew && !hasHistory
    self.session = session
    if isChanged, !session.isNew { await services.saveState(after.text) }
  }

  private func initialize() async throws -> AgentCapabilities {
    if let capabilities { return capabilities }
    let capabilities = try await handshake.initialize()
    self.capabilities = capabilities
    return capabilities
  }

  /// Returns the session, opening it if there is none. A retry gets a new one, in which the agent does not know its
  /// last response.
  private func openSession(for request: AgentRequest, _ capabilities: AgentCapabilities) async throws -> ACPSession {
    if let session, !request.isRetry { return session }
    let saved = capabilities.loadsSessions && !request.isRetry ? await request.services.savedState() : nil
    let opened = try await handshake.openSession(
      resuming: saved.map(SavedACPSession.init), in: workFolder,
      servers: servers.json(for: agent, capabilities, logger), capabilities, receiver)
    session = opened
    await applySelections()
    return opened
  }

  /// Applies the selections to a new session. What the agent rejects now is only logged: the response matters more.
  private func applySelections() async {
    let pending = selections
    selections = [:]
    for (kind, id) in pending {
      let reason: String
      do {
        switch try await select(id, for: kind) {
        case .applied, .deferred: continue
        case .rejected(let why): reason = why
        case .unsupported: reason = "the agent has no such setting"
        }
      } catch let error as RPCError {
        reason = error.detail.redacting(settings.secrets)
      } catch {
        reason = "\(type(of: error))"
      }
      logger.warning(
        "selection not applied",
        metadata: [
          "agent": "\(agent)", "kind": "\(kind.rawValue)",
          "reason": "\(reason.singleLine(atMost: Limits.detailScalarsMax))",
        ])
    }
  }
}

extension [HistoryEntry] {
  /// The entries since the agent's last one.
  fileprivate func unseen(by agent: String) -> ArraySlice<HistoryEntry> {
    self[(lastIndex { $0.agent == agent }.map { $0 + 1 } ?? 0)...]
  }
}
