import Core
import Files
import FoundationEssentials
import Logging
import Processes
import RuleEngine

/// A running agent that speaks the Agent Client Protocol on its standard streams, with the one conversation that it is
/// run for.
///
/// Specification: https://agentclientprotocol.com/protocol/overview
actor ACPConversation {
  /// Which conversation of ours it answers.
  nonisolated let sessionID: String
  nonisolated let settings: ACPSettings
  /// The path of the folder in which the program works.
  nonisolated let workFolder: String

  private let agent: String
  private let folder: (path: String, identity: FileIdentity?)
  private let peer: RPCPeer
  private let ear: SessionUpdateReceiver
  private let desk: ClientRequestHandler
  /// What the program says on standard error.
  nonisolated let errors: StandardErrorLog
  private let program: Task<Void, Never>
  private let logger: Logger

  private let opening: ACPHandshake
  /// What the agent offered elsewhere: it announces its commands only after a session has begun.
  private let offered: AgentControls
  private var abilities: AgentCapabilities?
  /// What people chose while it had no session, and the model that they chose: another session begins with the agent's own.
  private var chosen: [AgentControls.Kind: String] = [:]
  private var session: ACPSession?
  /// What people have told the agent since it was prompted.
  private var told: [AgentRequest] = []
  /// Whether it can be told more.
  private var hears = false
  /// The session of the prompt that is being answered.
  private var prompted: String?

  /// Starts the program.
  ///
  /// - Parameters:
  ///   - environment: all that the program is to see.
  ///   - workFolder: where it works.
  init(
    agent: String, settings: ACPSettings, environment: [String: String], offered: AgentControls = AgentControls(),
    for request: AgentRequest, in workFolder: String, logger: Logger
  ) throws(FolderError) {
    self.offered = offered
    sessionID = request.sessionID
    self.agent = agent
    let folder = request.host.folder
    self.settings = settings
    self.logger = logger
    try folder.make()
    self.folder = (workFolder, FileIdentity(path: workFolder))
    self.workFolder = workFolder
    let own = SessionFolder(path: workFolder)
    let ear = SessionUpdateReceiver()
    let (lines, input) = AsyncStream.makeStream(
      of: [UInt8].self, bufferingPolicy: .bufferingOldest(Limits.rpcLinesWaitingMax))
    let desk = ClientRequestHandler(agent: agent, folders: own == folder ? [folder] : [own, folder], ear: ear)
    peer = RPCPeer(
      RPCPeer.Ends(
        send: { line in if case .enqueued = input.yield(line) { true } else { false } },
        notice: ear.hear, handle: desk.handle),
      logger: logger)
    opening = ACPHandshake(
      agent: agent, folder: own,
      servers: ACPServerList(servers: settings.mcpServers, folder: workFolder, environment: environment), peer: peer,
      secrets: settings.secrets, variables: Set(settings.environment.map(\.name)), ear: ear, logger: logger)
    self.ear = ear
    self.desk = desk
    let command = Command(
      settings.command[0], Array(settings.command.dropFirst()), in: workFolder, environment: environment)
    let errors = StandardErrorLog(agent: agent, hiding: settings.secrets, logger: logger)
    self.errors = errors
    program = Task { [peer] in
      let end: RPCConnectionError
      do {
        let over = try await ChildProcess.run(
          command.lockingFolder(folder.path), input: lines, errors: { await errors.take($0) }
        ) { await peer.take($0) }
        end = .ended(over.detail(await errors.lastWords()))
      } catch let error as ProcessError {
        end = .notStarted(error)
      } catch {
        end = .ended("it was ended")
      }
      await peer.close(end)
    }
  }

  /// Whether nothing more can be asked: the program has ended, or works in a folder that somebody deleted.
  var isOver: Bool {
    get async {
      if FileIdentity(path: folder.path) != folder.identity { return true }
      return await peer.isOver
    }
  }

  /// Ends the program, with all its processes; returns when it is over.
  func close() async {
    program.cancel()
    await program.value
  }

  /// Answers a message. Cancelling the task tells the agent, gives it a moment, and returns; whoever does it closes the
  /// conversation then.
  func answer(
    _ request: AgentRequest, to parts: AsyncThrowingStream<ResponsePart, any Error>.Continuation
  ) async throws {
    hears = true
    await errors.begin()
    do {
      let result = try await dialogue(request, parts)
      await over()
      for part in result { parts.yield(part) }
    } catch {
      await over()
      throw error
    }
  }

  /// Tells the agent more while it answers: where it was prompted, the prompt is cancelled and another follows, so that it
  /// goes on knowing what it did so far. False where it does not answer.
  func tell(_ more: AgentRequest) async -> Bool {
    guard hears else { return false }
    told.append(more)
    if let prompted { await cancel(prompted) }
    return true
  }

  /// Prompts the agent, and again with what it is told meanwhile; returns how the answer ends.
  private func dialogue(
    _ request: AgentRequest, _ parts: AsyncThrowingStream<ResponsePart, any Error>.Continuation
  ) async throws -> [ResponsePart] {
    let abilities = try await greeted()
    parts.yield(.alive)
    let session = try await opened(for: request, abilities)
    parts.yield(.alive)
    ear.begin(in: session.id, parts, folder: request.host.folder)
    let unheard = session.isNew ? request.history[...] : request.history.unheard(by: agent)
    let command = command(of: request, in: session.id)
    var prompt =
      if let command { ACPPrompt(command: command) } else {
        await ACPPrompt(request, unheard: unheard, takesImages: abilities.takesImages, logger: logger)
      }
    try await request.host.begin()
    var end = PromptResult()
    while true {
      while !told.isEmpty {
        let more = told.removeFirst()
        if prompt.blocks.isEmpty, told.isEmpty, let command = self.command(of: more, in: session.id) {
          prompt = ACPPrompt(command: command)
        } else {
          prompt.add(await ACPPrompt(more, unheard: [], takesImages: abilities.takesImages, logger: logger))
        }
      }
      await desk.open(for: request.host)
      let result = try await ask(prompt, in: session.id)
      try Task.checkCancellation()
      await take(result, adding: &end, request.host, hasHeard: command == nil)
      guard !told.isEmpty else {
        // Nothing else happens in between: whoever tells more from here on is told that it is too late.
        hears = false
        guard end.reason != "cancelled" else { throw AgentFailure(.cutOff, agent: agent) }
        return end.parts
      }
      ear.goOn()
      prompt = ACPPrompt()
    }
  }

  /// Returns the message if it is a command of the agent's own.
  private func command(of request: AgentRequest, in session: String) -> String? {
    request.command(of: ear.offer(of: session).offer) ?? request.command(of: offered)
  }

  /// Takes the answer to a prompt, and notes the session as it is now. Before the agent has heard what was said earlier, it is
  /// not noted: left then, it knows nothing.
  private func take(_ result: JSON, adding end: inout PromptResult, _ host: AgentContext, hasHeard: Bool) async {
    guard var session else { return }
    let before = SavedACPSession(session: session.id, counted: session.counted)
    end.add(result, since: &session.counted)
    let note = SavedACPSession(session: session.id, counted: session.counted)
    let isNews = session.isNew || note != before
    // A command of the agent's own was sent without what was said before.
    session.isNew = session.isNew && !hasHeard
    self.session = session
    if isNews, !session.isNew { await host.note(note.text) }
  }

  /// What the agent offers in its session; `nil` if it has none yet.
  var offer: AgentControls? { session.map { ear.offer(of: $0.id).offer } }

  /// Sets something that the agent offers, now or as soon as it has a session.
  func choose(_ id: String, for kind: AgentControls.Kind) async throws -> SelectionResult {
    guard let session else {
      chosen[kind] = id
      return .kept
    }
    guard let request = ear.offer(of: session.id).request(setting: kind, to: id, in: session.id) else {
      return .unknown
    }
    let asking = Task { [peer] in try await peer.ask(request.method, request.params) }
    let alarm = Task {
      try await Task.sleep(for: Limits.acpChoiceTime)
      asking.cancel()
    }
    defer { alarm.cancel() }
    let answer: JSON
    do {
      answer = try await asking.value
    } catch is CancellationError {
      return .refused("it does not answer")
    }
    ear.changeOffer(of: session.id) { $0.hasSet(kind, to: id, answer: answer) }
    if kind == .model { chosen[kind] = id }
    return .made
  }

  /// Sets what people chose before there was a session. What the agent refuses now stays as it is: the answer is worth more.
  private func makeChoices(in session: String) async {
    let wanted = chosen
    chosen = [:]
    for (kind, id) in wanted {
      let reason: String
      do {
        switch try await choose(id, for: kind) {
        case .made, .kept: continue
        case .refused(let why): reason = why
        case .unknown: reason = "the agent has nothing of the kind"
        }
      } catch let error as RPCError {
        reason = error.detail.redacting(settings.secrets)
      } catch {
        reason = "\(type(of: error))"
      }
      logger.warning(
        "choice not made",
        metadata: [
          "agent": "\(agent)", "kind": "\(kind.rawValue)",
          "reason": "\(reason.singleLine(atMost: Limits.detailScalarsMax))",
        ])
    }
  }

  private func over() async {
    hears = false
    told = []
    ear.end()
    await desk.close()
  }

  private func ask(_ prompt: ACPPrompt, in session: String) async throws -> JSON {
    let id = try await peer.send("session/prompt", ["sessionId": .string(session), "prompt": .array(prompt.blocks)])
    prompted = session
    defer { prompted = nil }
    // Somebody may have told more while it was sent.
    if !told.isEmpty { await cancel(session) }
    let asking = Task { [peer] in try await peer.answer(to: id) }
    return try await withTaskCancellationHandler {
      try await asking.value
    } onCancel: {
      Task {
        await self.stop(session)
        try? await Task.sleep(for: Limits.acpCancelTime)
        asking.cancel()
      }
    }
  }

  private func stop(_ session: String) async {
    hears = false
    await cancel(session)
  }

  private func cancel(_ session: String) async {
    await desk.close()
    await peer.tell("session/cancel", ["sessionId": .string(session)])
  }

  private func greeted() async throws -> AgentCapabilities {
    if let abilities { return abilities }
    let told = try await opening.greet()
    abilities = told
    return told
  }

  /// The session, begun or taken up again where there is none yet. For a retry it is another: the last answer is to be
  /// forgotten.
  private func opened(for request: AgentRequest, _ abilities: AgentCapabilities) async throws -> ACPSession {
    if let session, !request.isRetry { return session }
    let known = abilities.loadsSessions && !request.isRetry ? await request.host.recall() : nil
    let opened = try await opening.open(knowing: known.map(SavedACPSession.init), abilities)
    session = opened
    await makeChoices(in: opened.id)
    return opened
  }
}

extension [HistoryEntry] {
  /// What was said since an agent was last asked.
  fileprivate func unheard(by agent: String) -> ArraySlice<HistoryEntry> {
    self[(lastIndex { $0.agent == agent }.map { $0 + 1 } ?? 0)...]
  }
}
