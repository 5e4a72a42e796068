import Agents
import Core
import FoundationEssentials
import Glibc
import Logging
import RuleEngine
import Tracing

/// Answers one message: begins the turn in the store, asks the agent, stores the reply, and has it delivered.
///
/// It runs on its session's actor, in the task of the turn. After each suspension it looks whether the turn was ended.
struct TurnRunner {
  let key: SessionKey
  let services: SessionServices

  private var store: any SessionStore { services.store }
  private var logger: Logger { services.logger }

  /// The result of a turn.
  struct Result {
    var record: TurnRecord
    var reply: Reply?
    /// `nil` if the turn was ended before its reply was delivered.
    var delivery: Delivery?
    /// The answer as far as it exists.
    var written: String?
  }

  func run(_ active: ActiveTurn) async -> Result {
    let obstacle = await resolveRetry(active)
    let turn = active.turn
    var record = TurnRecord(request: turn.request, replaces: turn.replaces, end: .failed)
    let response = ResponseBuffer(showsActivity: turn.request.showsActivity)
    var reply = await presentedReply(active, response, unless: obstacle, &record)
    if turn.mayBePosted { reply?.isResumed = true }
    record.usage = response.usage
    record.join(active.joined.map(\.request), isShared: key.isShared)
    var delivery: Delivery?
    if let reply, active.ending == nil { delivery = await deliver(reply, active) }
    if case .posted(let thread) = delivery { (record.isPosted, record.thread) = (true, thread) }
    if case .deleted(let deletion) = delivery {
      active.end(.deleted(SessionDeletion(deletion: deletion, found: turn.id)))
    }
    active.slot?.release()
    return Result(record: record, reply: reply, delivery: delivery, written: reply?.text ?? response.text)
  }

  /// Returns the reply while the delegate shows the response, if that takes long; the delegate is done when this
  /// returns.
  private func presentedReply(
    _ active: ActiveTurn, _ response: ResponseBuffer, unless obstacle: AgentFailure?, _ record: inout TurnRecord
  ) async -> Reply? {
    let delegate = active.turn.request.delegate
    let presenting = DelayedTask(in: services.progress) { await delegate.present(response) }
    let reply = await withTaskCancellationHandler {
      await self.reply(active, response, unless: obstacle, &record)
    } onCancel: {
      presenting.cancel()
    }
    await presenting.end()
    return reply
  }

  private func deliver(_ reply: Reply, _ active: ActiveTurn) async -> Delivery {
    active.isDelivering = true
    let slot = active.slot
    // Answers are not to come faster than they can be posted, but one that cannot be posted delays no other turn.
    let releasing = slot.map { slot in services.posting.schedule { slot.release() } }
    defer { if let releasing { services.posting.cancel(releasing) } }
    return await active.turn.request.delegate.deliver(reply)
  }

  /// Returns the reply after the store has it: the stored one, the agent's answer, or why there is none.
  /// Returns `nil` if the turn was ended.
  private func reply(
    _ active: ActiveTurn, _ response: ResponseBuffer, unless obstacle: AgentFailure?, _ record: inout TurnRecord
  ) async -> Reply? {
    let (turn, request) = (active.turn, active.turn.request)
    let reply: Reply
    do throws(AgentFailure) {
      if let obstacle { throw obstacle }
      // A stored reply only has to be posted: the conversation, and the reply's files, stay as they were.
      if let stored = turn.reply { return stored }
      let start = try await begin(turn)
      record.generation = start.generation
      if let refusal = await hookRefusal(of: turn) {
        reply = Reply(id: .answer(to: request.claim), text: refusal, isFailure: true)
      } else {
        guard let answer = try await answer(active, start, response) else { return nil }
        reply = answer
      }
    } catch {
      if case .shutDown? = active.ending { await storeCutAnswer(active, error, response.text) }
      guard active.ending == nil else { return nil }
      Span.current?.fail(error.code.rawValue)
      logger.warning("no answer", metadata: request.logged(error))
      let text = await request.delegate.explanation(of: error, after: response.text)
      guard active.ending == nil else { return nil }
      reply = Reply(id: .answer(to: request.claim), text: text, isFailure: true)
    }
    await storeReply(reply, active)
    return reply
  }

  /// Stores a reply, which also ends the messages that joined the turn: no restart may ask them again.
  private func storeReply(_ reply: Reply, _ active: ActiveTurn) async {
    let request = active.turn.request
    do throws(StoreError) {
      if try await !store.add(reply, to: request.claim, finishing: active.joined.map(\.request.claim)) {
        logger.warning("reply not stored: its message does not wait any more", metadata: request.logged)
      }
    } catch {
      // An answer is worth more than its copy: it is delivered all the same.
      logger.error("reply not stored", metadata: request.logged(error))
    }
  }

  /// Stores the part of an answer that exists when the shutdown cuts it, for the next start to post, if the agent is
  /// not asked again by itself.
  private func storeCutAnswer(_ active: ActiveTurn, _ failure: AgentFailure, _ written: String?) async {
    guard failure.code == .leftUnfinished, let written else { return }
    let request = active.turn.request
    let text = await request.delegate.explanation(of: failure, after: written)
    await storeReply(Reply(id: .answer(to: request.claim), text: text, isFailure: true), active)
  }

  private func hookRefusal(of turn: WaitingTurn) async -> String? {
    if let decided = turn.hookRefusal { return decided }
    return await turn.request.delegate.refusal(of: turn.request.words, to: turn.request.agent)
  }

  private func begin(_ turn: WaitingTurn) async throws(AgentFailure) -> TurnStart {
    let request = turn.request
    do throws(StoreError) {
      let start = try await store.begin(
        key, policy: request.session, readsHistory: services.agent(request.agent)?.readsHistory ?? true,
        leavingOut: turn.replaces, at: services.now())
      if start.isNew {
        await removeFolder(of: start.generation - 1)
        if start.hadTurns {
          services.onChange(key, .ended, request.user)
          request.delegate.handle(.startedOver)
        }
      }
      if start.isFirst { services.onChange(key, .began, request.user) }
      return start
    } catch {
      throw AgentFailure(.noStore, agent: request.agent, detail: "\(error)")
    }
  }

  /// Asks the agent. Returns `nil` if the turn was ended.
  private func answer(
    _ active: ActiveTurn, _ start: TurnStart, _ response: ResponseBuffer
  ) async throws(AgentFailure) -> Reply? {
    let (turn, request) = (active.turn, active.turn.request)
    guard let agent = services.agent(request.agent) else { throw AgentFailure(.unknownAgent, agent: request.agent) }
    guard active.ending == nil else { return nil }
    let context = agent.readsHistory ? await context(of: request, start) : []
    guard active.ending == nil else { return nil }
    if turn.isBegun, !agent.isIdempotent {
      throw AgentFailure(turn.isCutOff ? .cutOff : .leftUnfinished, agent: request.agent)
    }
    var question = AgentRequest(
      history: start.history, context: context, message: request.message, speaker: request.speaker,
      isShared: key.isShared, conversation: key.text, sessionID: start.sessionID(of: key),
      isRetry: turn.replaces != nil, origin: request.origin, files: request.files,
      services: TurnContext(request, start, key, services))
    question.more = request.more
    question.isAgentCommand = request.isAgentCommand
    active.question = ActiveTurn.Question(agent: agent, request: question)
    let failure: AgentFailure?
    do {
      try await response.collect(agent.respond(to: question))
      failure = nil
    } catch {
      failure = error as? AgentFailure ?? AgentFailure(.other, agent: request.agent, detail: "\(type(of: error))")
    }
    active.question = nil
    await active.settleJoins()
    if case .shutDown? = active.ending, !agent.isIdempotent, await isBegun(turn) {
      throw AgentFailure(.leftUnfinished, agent: request.agent)
    }
    if let failure { throw failure }
    guard active.ending == nil else { return nil }
    let (files, complaints) = attachedFiles(of: response, in: question.services.folder)
    let text = ([response.text].compactMap(\.self) + complaints).joined(separator: "\n\n")
    guard !text.isEmpty || !files.isEmpty else { throw AgentFailure(.empty, agent: request.agent) }
    return Reply(id: .answer(to: request.claim), text: text, files: files, agent: request.agent)
  }

  /// Reads messages that the agent has not seen and that the message may be about.
  private func context(of request: TurnRequest, _ start: TurnStart) async -> [ChatMessage] {
    guard let wanted = await contextRequest(of: request, start) else { return [] }
    return await request.delegate.context(wanted)
  }

  private func contextRequest(of request: TurnRequest, _ start: TurnStart) async -> ContextRequest? {
    let root = request.origin.thread
    do throws(StoreError) {
      if let root, try await !store.hasSeen(thread: root, session: key) { return .thread(root: root) }
    } catch {
      logger.error("thread not looked up", metadata: ["session": "\(key)", "reason": "\(error)"])
    }
    guard start.history.isEmpty, root == nil else { return nil }
    return request.session.context.map { .channel(count: $0) }
  }

  /// Returns whether an agent has begun to answer that may do more than answer.
  private func isBegun(_ turn: WaitingTurn) async -> Bool {
    do throws(StoreError) {
      return try await store.isBegun(turn.request.claim)
    } catch {
      logger.error("message not looked up", metadata: ["post": "\(turn.request.claim)", "reason": "\(error)"])
      return false
    }
  }

  /// Returns the files of the response that can be attached, and a sentence about each of the others.
  private func attachedFiles(
    of response: ResponseBuffer, in folder: SessionFolder
  ) -> (files: [SessionFile], complaints: [String]) {
    var files: [SessionFile] = []
    var complaints: [String] = []
    for path in response.files {
      let file = SessionFile(folder: folder, path: path)
      do throws(FolderError) {
        close(try file.open())
        files.append(file)
      } catch {
        logger.warning("file not attached", metadata: ["session": "\(key)", "reason": "\(error)"])
        complaints.append(error.sentence)
      }
    }
    if response.exceedsFileLimit { complaints.append(ResponseBuffer.filesLeftOut) }
    return (files, complaints)
  }

  private func removeFolder(of generation: Int64) async {
    await services.removeFolder(of: key, generation: generation)
  }
}

extension TurnRunner.Result {
  /// Returns whether people ended the turn before all of its answer was posted.
  func isAbandoned(_ ending: ActiveTurn.Ending?) -> Bool {
    switch (delivery, ending) {
    case (.posted, _), (.refused, _), (.deleted, _), (_, .deleted): false
    case (_, .stopped), (_, .interrupted): true
    case (_, .shutDown), (_, nil): false
    }
  }

  /// Returns how the turn ended, or `nil` if the next start continues it.
  func end(_ ending: ActiveTurn.Ending?) -> TurnEnd? {
    switch (delivery, ending) {
    case (.posted, _): reply?.isFailure == false ? .answered : .failed
    case (.refused, _): .failed
    case (_, .stopped): .stopped
    case (_, .interrupted): .interrupted
    case (_, .shutDown), (.postponed, nil), (nil, nil), (_, .deleted), (.deleted, nil): nil
    }
  }
}

extension TurnRunner {
  /// Finds the exchange that a retry repeats, when it begins: the one that the message has become. A message that
  /// joined another user's turn has none of its own and is asked as it was.
  private func resolveRetry(_ active: ActiveTurn) async -> AgentFailure? {
    let turn = active.turn
    guard turn.repeatsUnfinished else { return nil }
    let past: PastExchange?
    do throws(StoreError) {
      past = try await store.exchange(ofAny: turn.repeats.map(\.claim), or: turn.replaces, session: key)
    } catch {
      return AgentFailure(.noStore, agent: turn.request.agent, detail: "\(error)")
    }
    if let past { active.turn.request = repeating(past, by: turn.request) }
    active.turn.replaces = past?.id
    active.turn.repeats = []
    return nil
  }

  /// Returns a request with the question of a past exchange, of the same agent if it still exists.
  func repeating(_ past: PastExchange, by request: TurnRequest) -> TurnRequest {
    var again = request
    again.message = past.message
    again.more = past.more
    again.files = past.files
    again.speaker = past.speaker
    if services.agent(past.agent) != nil { again.agent = past.agent }
    return again
  }
}

extension SessionServices {
  /// Removes the folder of a conversation that is over.
  func removeFolder(of key: SessionKey, generation: Int64) async {
    let folder = folders.folder(of: key.text, generation: generation)
    guard folder.exists else { return }
    // It may have many files, and the thread may be one that must not block.
    await withTaskExecutorPreference(globalConcurrentExecutor) {
      do throws(FolderError) {
        try folder.removeAll()
      } catch {
        logger.error("folder not removed", metadata: ["session": "\(key)", "reason": "\(error)"])
      }
    }
  }
}

extension SessionServices {
  /// Removes files of deleted messages from the conversation's folder.
  func remove(_ files: [AttachedFile], of key: SessionKey, generation: Int64) {
    let folder = folders.folder(of: key.text, generation: generation)
    for file in files {
      do throws(FolderError) {
        try folder.remove(file.pathInFolder)
      } catch {
        // The agent may never have asked for it.
        guard error.code != .noFile else { continue }
        logger.error("file not removed", metadata: ["session": "\(key)", "reason": "\(error)"])
      }
    }
  }
}
