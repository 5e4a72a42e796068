import FoundationEssentials
import Glibc
import Logging
import RuleEngine

extension Session {
  /// Begins the next turn where none runs and one may begin.
  func startNext() {
    let candidates = current == nil && holds == 0 && !isShutDown ? waiting.candidates(after: lastUser) : []
    guard let next = candidates.first else { return stopWaitingForRoom() }
    // What is known is only to be posted: no agent is asked.
    if next.reply != nil { return begin(next.id, in: nil) }
    let slot = scheduler.slot(for: candidates.map(\.candidate), of: key) { slot in
      Task { await self.admitted(slot) }
    }
    if let slot { begin(slot.turn, in: slot) } else { isWaitingForRoom = true }
  }

  /// Begins a turn that waited for room, unless it does not wait any more.
  private func admitted(_ slot: TurnScheduler.Slot) {
    guard current == nil, holds == 0, !isShutDown, waiting.contains(where: { $0.id == slot.turn && $0.isReady }) else {
      scheduler.release(slot)
      return startNext()
    }
    begin(slot.turn, in: slot)
  }

  private func begin(_ id: Int, in slot: TurnScheduler.Slot?) {
    stopWaitingForRoom()
    guard let place = waiting.firstIndex(where: { $0.id == id }) else {
      if let slot { scheduler.release(slot) }
      return
    }
    let next = waiting.remove(at: place)
    lastUser = next.request.user
    current = CurrentTurn(turn: next, since: now(), task: Task { await run(next) }, slot: slot)
  }

  /// Gives back the room of the turn, if that is running and has any.
  private func leaveRoom(_ turn: WaitingTurn) {
    guard current?.turn.id == turn.id, let slot = current?.slot else { return }
    current?.slot = nil
    scheduler.release(slot)
  }

  func stopWaitingForRoom() {
    scheduler.withdraw(key)
    isWaitingForRoom = false
  }

  private func run(_ beginning: WaitingTurn) async {
    var turn = beginning
    let obstacle: AgentFailure?
    do throws(AgentFailure) {
      try await resolveRetry(&turn)
      obstacle = nil
    } catch {
      obstacle = error
    }
    let request = turn.request
    var record = TurnRecord(request: request, replaces: turn.replaces, end: .failed)
    let written = ResponseBuffer(showsWork: request.showsWork)
    let accompanying = Task { await request.accompany(written) }
    var reply = await reply(to: turn, unless: obstacle, collecting: written, record: &record)
    if turn.mayBeOut { reply?.isResumed = true }
    record.usage = await written.usage
    accompanying.cancel()
    await accompanying.value
    record.join(current?.joined ?? [], isShared: key.isShared)
    record.posts += (current?.joined ?? []).map(\.request.asked)
    var delivery: Delivery?
    if let reply, current?.ending == nil {
      current?.isDelivering = true
      let alarm = Task { [turn] in
        try await Task.sleep(for: Limits.postingHoldsRoom)
        leaveRoom(turn)
      }
      delivery = await request.deliver(reply)
      alarm.cancel()
    }
    if case .deleted(let deletion) = delivery {
      current?.end(.deleted(SessionDeletion(deletion: deletion, found: turn.id)))
    }
    leaveRoom(turn)
    if isAbandoned(delivery, ending: current?.ending) {
      let text = if let reply { reply.text } else { await written.text }
      abandon(turn, at: text)
    }
    if case .deleted(let ended) = current?.ending {
      await finish(turn, record, ended)
    } else if let end = end(after: reply, delivery, ending: current?.ending) {
      record.end = end
      if end == .answered { record.answer = reply?.remembered }
      await write(record)
      request.over(end, record.answer, request.agent)
      if let reason = noAnswer(end) { request.unanswered(reason) }
      for joined in current?.joined ?? [] {
        joined.request.over(end, record.answer, request.agent)
        joined.request.unanswered(noAnswer(end) ?? .joined(post: request.post, end: end))
        abandon(joined, at: nil)
      }
    } else {
      for turn in [turn] + (current?.joined ?? []) { turn.request.unanswered(.left) }
      logger.debug("turn left for the next start", metadata: ["post": "\(turn.request.post)"])
    }
    current = nil
    let waiters = endWaiters.values
    endWaiters = [:]
    for waiter in waiters { waiter.resume(returning: true) }
    startNext()
  }

  /// What is to be said, and kept in the store: known already, the agent's answer, or why there is none. Nil where the
  /// turn was ended meanwhile.
  private func reply(
    to turn: WaitingTurn, unless obstacle: AgentFailure?, collecting written: ResponseBuffer, record: inout TurnRecord
  ) async -> Reply? {
    let request = turn.request
    let reply: Reply
    do throws(AgentFailure) {
      if let obstacle { throw obstacle }
      // What is known is only to be posted: the conversation, and the files that go with it, stay as they were.
      if let known = turn.reply { return known }
      let start = try await begin(turn)
      record.generation = start.generation
      if let refusal = await hooksSaid(of: turn) {
        reply = Reply(id: request.post, text: refusal, isFailure: true)
      } else {
        guard let answer = try await answer(turn, after: start, collecting: written) else { return nil }
        reply = answer
      }
    } catch {
      if case .shutDown? = current?.ending { await keepCutAnswer(to: turn, error, await written.text) }
      guard current?.ending == nil else { return nil }
      logger.warning("no answer", metadata: request.logged(error))
      let text = await request.explain(error, await written.text)
      guard current?.ending == nil else { return nil }
      reply = Reply(id: request.post, text: text, isFailure: true)
    }
    do {
      // The reply is to the messages too that the agent was told: no restart may have them asked again.
      try await store.keep(reply, to: request.post, finishing: current?.joined.map(\.request.post) ?? [])
    } catch {
      // What is said is worth more than its copy: it is delivered all the same.
      logger.error("reply not kept", metadata: request.logged(error))
    }
    return reply
  }

  /// Keeps what there is of an answer that the end of the gateway cuts, for the next start to post. Only of an agent that
  /// is not asked again by itself.
  private func keepCutAnswer(to turn: WaitingTurn, _ failure: AgentFailure, _ written: String?) async {
    guard failure.code == .leftUnfinished, let written else { return }
    let text = await turn.request.explain(failure, written)
    let joined = current?.joined.map(\.request.post) ?? []
    do {
      try await store.keep(
        Reply(id: turn.request.post, text: text, isFailure: true), to: turn.request.post, finishing: joined)
    } catch {
      logger.error("reply not kept", metadata: ["post": "\(turn.request.post)", "reason": "\(error)"])
    }
  }

  /// Why the agent may not be asked; nil where it may.
  private func hooksSaid(of turn: WaitingTurn) async -> String? {
    if let said = turn.hooksSaid { return said }
    return await turn.request.mayBegin(turn.request.words, turn.request.agent)
  }

  private func begin(_ turn: WaitingTurn) async throws(AgentFailure) -> TurnStart {
    do {
      let start = try await store.begin(
        key.text, policy: turn.request.session, leavingOut: turn.replaces, at: now())
      if start.isNew {
        dropFolder(of: start.generation - 1)
        if start.hadTurns {
          onChange(key, .ended, turn.request.user)
          Task { await turn.request.beganAnew() }
        }
      }
      if start.isFirst { onChange(key, .began, turn.request.user) }
      return start
    } catch {
      throw AgentFailure(.noStore, agent: turn.request.agent, detail: "\(error)")
    }
  }

  /// Removes what a conversation that is over has left on the disk.
  func dropFolder(of generation: Int64) {
    do throws(FolderError) {
      try folders.folder(of: key.text, generation: generation).removeAll()
    } catch {
      logger.error("folder not removed", metadata: ["session": "\(key)", "reason": "\(error)"])
    }
  }

  /// Asks the agent. Nil where the turn was ended meanwhile.
  private func answer(
    _ turn: WaitingTurn, after start: TurnStart, collecting written: ResponseBuffer
  ) async throws(AgentFailure) -> Reply? {
    let request = turn.request
    guard let agent = await agent(request.agent) else { throw AgentFailure(.unknownAgent, agent: request.agent) }
    guard current?.ending == nil else { return nil }
    let context =
      if let wish = await wish(of: request, after: start) { await request.context(wish) } else { [ChatMessage]() }
    guard current?.ending == nil else { return nil }
    if turn.isBegun, !agent.isIdempotent {
      throw AgentFailure(turn.isCutOff ? .cutOff : .leftUnfinished, agent: request.agent)
    }
    var question = AgentRequest(
      history: start.history, context: context, message: request.message, speaker: request.speaker,
      isShared: key.isShared, conversation: key.text, sessionID: start.sessionID(of: key.text),
      isRetry: turn.replaces != nil, origin: request.origin, files: request.files,
      host: host(of: request, in: start))
    question.more = request.more
    question.isAgentCommand = request.isAgentCommand
    current?.asked = CurrentTurn.Asked(agent: agent, question: question)
    let failure: AgentFailure?
    do {
      try await written.collect(agent.answer(question))
      failure = nil
    } catch {
      failure = error as? AgentFailure ?? AgentFailure(.other, agent: request.agent, detail: "\(type(of: error))")
    }
    current?.asked = nil
    await settleTellings()
    if case .shutDown? = current?.ending, !agent.isIdempotent, await isBegun(turn) {
      throw AgentFailure(.leftUnfinished, agent: request.agent)
    }
    if let failure { throw failure }
    guard current?.ending == nil else { return nil }
    let (files, complaints) = await handedBack(written, in: question.host.folder)
    let text = ([await written.text].compactMap(\.self) + complaints).joined(separator: "\n\n")
    guard !text.isEmpty || !files.isEmpty else { throw AgentFailure(.empty, agent: request.agent) }
    return Reply(id: request.post, text: text, files: files, agent: request.agent)
  }

  /// Whether an agent has begun to answer that may do more than answer.
  private func isBegun(_ turn: WaitingTurn) async -> Bool {
    do throws(StoreError) {
      return try await store.isBegun(turn.request.post)
    } catch {
      logger.error("message not looked up", metadata: ["post": "\(turn.request.post)", "reason": "\(error)"])
      return false
    }
  }

  /// The files of an answer that can go with it, and what is said of the others.
  private func handedBack(
    _ written: ResponseBuffer, in folder: SessionFolder
  ) async -> (files: [SessionFile], complaints: [String]) {
    var files: [SessionFile] = []
    var complaints: [String] = []
    for path in await written.files {
      let file = SessionFile(folder: folder, path: path)
      do throws(FolderError) {
        close(try file.open())
        files.append(file)
      } catch {
        logger.warning("file not attached", metadata: ["session": "\(key)", "reason": "\(error)"])
        complaints.append(error.sentence)
      }
    }
    if await written.isFileLeftOut { complaints.append(ResponseBuffer.filesLeftOut) }
    return (files, complaints)
  }

  /// Whether a turn was ended by people before all of its answer was posted.
  private func isAbandoned(_ delivery: Delivery?, ending: CurrentTurn.Ending?) -> Bool {
    switch (delivery, ending) {
    case (.posted, _), (.refused, _), (.deleted, _), (_, .deleted): false
    case (_, .stopped), (_, .interrupted): true
    case (_, .shutDown), (_, nil): false
    }
  }

  /// Why messages of a turn that ended so have no reply, or `nil` if the reply says how it ended.
  private func noAnswer(_ end: TurnEnd) -> NoReplyReason? {
    switch end {
    case .stopped: .stopped(by: stopper)
    case .interrupted: .interrupted
    case .answered, .failed: nil
    }
  }

  /// How a turn ended, or nil where the next start is to go on with it.
  private func end(after reply: Reply?, _ delivery: Delivery?, ending: CurrentTurn.Ending?) -> TurnEnd? {
    switch (delivery, ending) {
    case (.posted, _): reply?.isFailure == false ? .answered : .failed
    case (.refused, _): .failed
    case (_, .stopped): .stopped
    case (_, .interrupted): .interrupted
    case (_, .shutDown), (.later, nil), (nil, nil), (_, .deleted), (.deleted, nil): nil
    }
  }

  /// Writes down a turn that is over. Where that fails, its message comes back after a restart: loud, not fatal.
  func write(_ record: TurnRecord) async {
    let metadata = record.request.logged.merging(["end": "\(record.end.rawValue)"]) { $1 }
    do {
      try await store.end(record, session: key.text, at: now())
      logger.debug("turn over", metadata: metadata)
    } catch {
      logger.error("turn not recorded", metadata: metadata.merging(["reason": "\(error)"]) { $1 })
    }
  }
}

extension WaitingTurn {
  /// Itself as the scheduler knows it.
  fileprivate var candidate: TurnScheduler.Candidate {
    TurnScheduler.Candidate(turn: id, user: request.user, agent: request.agent, order: order)
  }
}
