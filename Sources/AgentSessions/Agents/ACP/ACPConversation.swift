import FoundationEssentials
import Logging
import Processes
import RuleEngine
import Transport
import Vocabulary

/// A running agent that speaks the Agent Client Protocol on its standard streams, with the one conversation that it is
/// run for.
///
/// Specification: https://agentclientprotocol.com/protocol/overview
actor ACPConversation {
  /// Which conversation of ours it answers.
  nonisolated let sessionID: String
  nonisolated let settings: ACPSettings
  /// When it was used last.
  private(set) var lastUse = ContinuousClock.now
  /// Whether a message is being asked.
  private(set) var isAtWork = false

  private let agent: String
  private let folder: SessionFolder
  private let peer: RPCPeer
  private let ear: ACPEar
  private let desk: ACPDesk
  private let program: Task<Void, Never>
  private let logger: Logger

  private var abilities: Abilities?
  private var session: Session?
  /// What people have told the agent since it was prompted.
  private var told: [AgentRequest] = []
  /// Whether it can be told more.
  private var hears = false
  private var isPrompting = false
  private var isEnding = false

  /// What the agent can do, as it says itself.
  private struct Abilities {
    var takesImages: Bool
    var loadsSessions: Bool
  }

  /// The session that the agent keeps.
  private struct Session {
    let id: String
    /// Whether the agent knows nothing yet of what was said.
    var isNew: Bool
  }

  /// Starts the program in the conversation's folder.
  ///
  /// - Parameter environment: all that the program is to see.
  init(
    agent: String, settings: ACPSettings, environment: [String: String], for request: AgentRequest, logger: Logger
  ) throws(FolderError) {
    sessionID = request.sessionID
    self.agent = agent
    self.settings = settings
    self.logger = logger
    // The agent says where a file lies as the system does, without the links that may lead to our folder.
    try request.host.folder.make()
    let folder = request.host.folder.real
    self.folder = folder
    let ear = ACPEar()
    let (lines, input) = AsyncStream.makeStream(
      of: [UInt8].self, bufferingPolicy: .bufferingOldest(Limits.rpcLinesWaitingMax))
    let desk = ACPDesk(agent: agent, folder: folder, ear: ear)
    peer = RPCPeer(
      RPCPeer.Ends(
        send: { line in if case .enqueued = input.yield(line) { true } else { false } },
        notice: ear.hear, handle: desk.handle),
      logger: logger)
    self.ear = ear
    self.desk = desk
    let command = Command(
      settings.command[0], Array(settings.command.dropFirst()), in: folder.path, environment: environment)
    let secrets = settings.environment.map(\.value.exposed)
    program = Task { [peer] in
      let end: RPCEnd
      do {
        let over = try await ChildProcess.run(command, input: lines) { await peer.take($0) }
        let error = String(decoding: over.error, as: UTF8.self).hiding(secrets).suffix(Limits.detailScalarsMax)
        end = .ended("\(over.status), \(String(error).onOneLine(atMost: Limits.detailScalarsMax))")
      } catch let error as ProcessError {
        end = .notStarted("\(error)")
      } catch {
        end = .ended("it was ended")
      }
      await peer.close(end)
    }
  }

  /// Whether another message can be asked now. One that is still being ended from a message before cannot.
  var isReady: Bool {
    get async {
      if isAtWork || isEnding { return false }
      return await !peer.isOver
    }
  }

  /// Ends the program, with all its processes; returns when it is over.
  func close() async {
    isEnding = true
    program.cancel()
    await program.value
  }

  /// Answers a message. Cancelling the task tells the agent, gives it a moment, and returns; whoever does it closes the
  /// conversation then.
  func answer(
    _ request: AgentRequest, to parts: AsyncThrowingStream<AgentPart, any Error>.Continuation
  ) async throws {
    isAtWork = true
    lastUse = .now
    defer {
      isAtWork = false
      lastUse = .now
    }
    hears = true
    do {
      let result = try await dialogue(request, parts)
      await over()
      try end(result, parts)
    } catch {
      await over()
      throw error
    }
  }

  /// Prompts the agent, and again with what it is told meanwhile; returns the last answer.
  private func dialogue(
    _ request: AgentRequest, _ parts: AsyncThrowingStream<AgentPart, any Error>.Continuation
  ) async throws -> JSON {
    let abilities = try await greeted(parts)
    let session = try await opened(for: request, abilities, parts)
    let unheard = session.isNew ? request.history[...] : request.history.unheard(by: agent)
    self.session?.isNew = false
    ear.begin(parts)
    await desk.open(for: request.host)
    var prompt = await ACPPrompt(request, unheard: unheard, takesImages: abilities.takesImages, logger: logger)
    while true {
      while !told.isEmpty {
        let more = told.removeFirst()
        prompt.add(await ACPPrompt(more, unheard: [], takesImages: abilities.takesImages, logger: logger))
      }
      let result = try await ask(prompt, in: session.id)
      try Task.checkCancellation()
      guard !told.isEmpty else {
        // Nothing else happens in between: whoever tells more from here on is told that it is too late.
        hears = false
        return result
      }
      ear.goOn()
      prompt = ACPPrompt()
    }
  }

  private func over() async {
    hears = false
    told = []
    ear.end()
    await desk.close()
  }

  private func end(
    _ result: JSON, _ parts: AsyncThrowingStream<AgentPart, any Error>.Continuation
  ) throws(AgentFailure) {
    for part in ACPAnswer.end(result) { parts.yield(part) }
    if result["stopReason"]?.string == "cancelled" { throw AgentFailure(.cutOff, agent: agent) }
  }

  /// Tells the agent more while it answers: where it was prompted, the prompt is cancelled and another follows, so that it
  /// goes on knowing what it did so far. False where it does not answer.
  func tell(_ more: AgentRequest) async -> Bool {
    guard hears else { return false }
    told.append(more)
    if isPrompting, let session { await cancel(session.id) }
    return true
  }

  private func ask(_ prompt: ACPPrompt, in session: String) async throws -> JSON {
    isPrompting = true
    defer { isPrompting = false }
    let asking = Task { [peer] in
      try await peer.ask("session/prompt", ["sessionId": .string(session), "prompt": .array(prompt.blocks)])
    }
    return try await withTaskCancellationHandler {
      try await asking.value
    } onCancel: {
      Task {
        await self.cancel(session)
        try? await Task.sleep(for: Limits.acpCancelTime)
        asking.cancel()
      }
    }
  }

  private func cancel(_ session: String) async {
    await desk.takeBackQuestions()
    await peer.tell("session/cancel", ["sessionId": .string(session)])
  }

  private func greeted(
    _ parts: AsyncThrowingStream<AgentPart, any Error>.Continuation
  ) async throws -> Abilities {
    if let abilities { return abilities }
    let greeting = try await peer.ask("initialize", ACPGreeting.params)
    guard greeting["protocolVersion"]?.int == ACPGreeting.version else {
      throw RPCEnd.notUnderstood("it speaks version \(greeting["protocolVersion"]?.text ?? "unknown") of the protocol")
    }
    let told = greeting["agentCapabilities"] ?? .null
    let abilities = Abilities(
      takesImages: told["promptCapabilities"]?["image"] == true, loadsSessions: told["loadSession"] == true)
    self.abilities = abilities
    parts.yield(.alive)
    return abilities
  }

  /// The session, begun or taken up again where there is none yet.
  private func opened(
    for request: AgentRequest, _ abilities: Abilities,
    _ parts: AsyncThrowingStream<AgentPart, any Error>.Continuation
  ) async throws -> Session {
    if let session, !request.isRetry { return session }
    let opened: Session
    if abilities.loadsSessions, !request.isRetry, let known = try await loaded(await request.host.recall()) {
      opened = known
    } else {
      guard let id = try await peer.ask("session/new", place)["sessionId"]?.string else {
        throw RPCEnd.notUnderstood("`session/new` brought no session")
      }
      await request.host.note(id)
      opened = Session(id: id, isNew: true)
    }
    session = opened
    parts.yield(.alive)
    return opened
  }

  private func loaded(_ id: String?) async throws -> Session? {
    guard let id else { return nil }
    do {
      _ = try await peer.ask("session/load", place.appending(["sessionId": .string(id)]))
      return Session(id: id, isNew: false)
    } catch let error as RPCError {
      logger.notice("session not loaded", metadata: ["agent": "\(agent)", "code": "\(error.code)"])
      return nil
    }
  }

  private var place: JSON { ["cwd": .string(folder.path), "mcpServers": []] }
}

/// How edgecrab greets an agent.
enum ACPGreeting {
  /// The version of the protocol that is spoken.
  static let version = 1

  static let params: JSON = [
    "protocolVersion": .int(version),
    "clientCapabilities": ["fs": ["readTextFile": true, "writeTextFile": true], "terminal": false],
    "clientInfo": ["name": "edgecrab", "title": "edgecrab", "version": .string(UserAgent.version)],
  ]
}

extension [Exchange] {
  /// What was said since an agent was last asked.
  fileprivate func unheard(by agent: String) -> ArraySlice<Exchange> {
    self[(lastIndex { $0.agent == agent }.map { $0 + 1 } ?? 0)...]
  }
}
