package import Agents
package import Core
import FoundationEssentials
import Logging
import RuleEngine
import Tracing

/// One conversation. Its messages are answered one at a time, those of each user in the order in which they were
/// submitted, and no user is answered twice in a row while another waits.
///
/// A session exists as long as it is used or something in it runs; the store has its lasting state. The
/// `SessionRegistry` makes sure that there is one session for each key.
///
/// A message is in the store from before it waits until its reply was delivered, so that no restart loses it.
package actor Session {
  package nonisolated let key: SessionKey

  let services: SessionServices
  private let runner: TurnRunner
  private var queue = TurnQueue()
  private var active: ActiveTurn?
  /// True if the next message could begin, and does as soon as the scheduler has a slot for it.
  private var isWaitingForSlot = false
  /// While above 0, no turn begins: something is being changed that the next one must see.
  private var holds = 0
  private var isShutDown: Bool
  /// Those who wait for the running turn to be over.
  private var endWaiters: [Int: CheckedContinuation<Bool, Never>] = [:]
  /// Tasks that ask the hooks about a message for the running agent, and then tell the agent of it, by the message's
  /// id.
  private var joins: [Int: Task<Void, Never>] = [:]
  /// The name of the user who stopped the session last.
  private var stopper = ""
  private var lastID = 0

  init(_ key: SessionKey, _ services: SessionServices, isShutDown: Bool) {
    self.key = key
    self.services = services
    self.isShutDown = isShutDown
    runner = TurnRunner(key: key, services: services)
  }

  private var store: any SessionStore { services.store }
  private var logger: Logger { services.logger }

  /// The messages that are being answered, then those that wait.
  private var unfinished: [WaitingTurn] { (active?.turns ?? []) + queue.all }
}

// MARK: Submitting

extension Session {
  /// Accepts a message: it is answered now, waits, or is rejected, as its `busy` policy says. Returns when the store
  /// has the message, not when it is answered; the request's delegate gets the result.
  ///
  /// A message that was submitted before, to this gateway or another, keeps its position. If its reply is known, it is only
  /// delivered.
  package func submit(_ request: TurnRequest) async -> SubmissionResult {
    await submit(request, replacing: nil)
  }

  /// Asks a message of `request.user` in this conversation again, with the agent that it was for: the one that failed
  /// last if the user has asked nothing since being told so, else the last one, answered or not. One that is not over
  /// yet is asked again when it is. The new answer replaces the old one in the history once it is delivered.
  ///
  /// The `message`, `files` and `speaker` of the request are not used, its `agent` only if the old one is gone.
  ///
  /// - Throws: `StoreError` if the store cannot be read.
  package func retry(_ request: TurnRequest) async throws(StoreError) -> RetryReport {
    await settle()
    if let last = unfinished.last(where: { $0.request.user == request.user }) {
      var again = request
      again.repeat(last.request)
      // A message that joined a turn of the same user is asked again with all of that turn.
      let own = active.flatMap { active in
        active.turn.request.user == request.user && active.joined.contains { $0.id == last.id } ? active.turn : nil
      }
      let repeats = [last.request] + last.repeats + (own.map { [$0.request] } ?? [])
      return .asking(
        message: last.request.message,
        await submit(again, replacing: last.replaces ?? own?.replaces, repeating: repeats))
    }
    guard let past = try await store.lastExchange(of: request.user, session: key) else { return .nothingToRetry }
    return .asking(
      message: past.message, await submit(runner.repeating(past, by: request), replacing: past.id))
  }

  private func submit(
    _ request: TurnRequest, replacing replaced: Int64?, repeating repeats: [TurnRequest] = []
  ) async -> SubmissionResult {
    let ahead = (active == nil ? 0 : 1) + queue.count
    if ahead > 0, !isShutDown, let rejection = rejection(of: request, ahead: ahead) { return .rejected(rejection) }
    let ticket: Backlog.Ticket
    do throws(Rejection) {
      ticket = try services.backlog.enter(request.user)
    } catch {
      return .rejected(error)
    }
    lastID += 1
    let id = lastID
    // It enters the queue before the store is asked, so that two messages cannot overtake each other there.
    queue.append(
      WaitingTurn(
        id: id, request: request, replaces: replaced, repeats: repeats, order: services.scheduler.nextOrder(),
        ticket: ticket))
    let stored: StoredTurn
    do throws(StoreError) {
      stored = try await store.enqueue(
        request.claim, session: key, payload: request.payload, root: request.source.root, at: services.now())
    } catch {
      logger.error("message not stored", metadata: request.logged(error))
      queue[id] = nil
      startNext()
      return .rejected(.store(error))
    }
    if isShutDown {
      queue[id] = nil
      return .postponed
    }
    guard queue[id] != nil else {
      await finish([request.claim])
      return .rejected(.stopped)
    }
    queue[id]?.isStored = true
    queue[id]?.reply = stored.reply
    queue[id]?.isBegun = stored.isBegun
    if request.busy.mode == .interrupt { return await interrupt(with: id) }
    startNext()
    if request.busy.mode == .steer { steer(id) }
    return ahead == 0 && !isWaitingForSlot
      ? .started : .queued(position: queue.position(of: request.claim) ?? ahead)
  }

  private func rejection(of request: TurnRequest, ahead: Int) -> Rejection? {
    let max = request.busy.max
    return switch request.busy.mode {
    case .reject: .busy
    case .queue, .steer: ahead > max && !queue.hasShare(for: request.user, of: max) ? .full(max: max) : nil
    case .interrupt: nil
    }
  }

  /// Stops the running turn for a newer message, and makes that one the next. Earlier messages that wait and would have
  /// interrupted too are recorded and not answered: the newest one continues them. Messages under other rules go on
  /// waiting.
  private func interrupt(with id: Int) async -> SubmissionResult {
    let superseded = queue.interrupt(with: id)
    let result: SubmissionResult
    switch active?.isDelivering {
    case nil: result = .started
    // An answer that is being posted is as good as given: half of it would help no one.
    case true?: result = .queued(position: 1)
    case false?:
      result = .interrupting
      active?.end(.interrupted)
    }
    await holding {
      for turn in superseded {
        await record(TurnRecord(request: turn.request, replaces: turn.replaces, end: .interrupted))
      }
      for turn in superseded {
        turn.notify(.unanswered(.interrupted))
        turn.notify(.abandoned(written: turn.reply?.text))
      }
    }
    return result == .started && isWaitingForSlot ? .queued(position: 1) : result
  }

  /// Replaces a message that waits by its corrected version.
  ///
  /// - Parameter request: the message as it is now, or `nil` if it is not for this session any more. One for another
  ///   agent is dropped, too.
  package func correct(_ claim: Claim, to request: TurnRequest?) async -> CorrectionResult {
    guard let turn = queue.all.first(where: { $0.request.claim == claim }) else { return .tooLate }
    if let joining = active?.joining(turn.id) {
      await joining.value
      return await correct(claim, to: request)
    }
    // A message whose reply only has to be delivered is answered.
    guard turn.reply == nil else { return .tooLate }
    guard let request, request.agent == turn.request.agent, turn.replaces == nil, !turn.repeatsUnfinished else {
      queue[turn.id] = nil
      startNext()
      await storeCorrection { () throws(StoreError) in try await store.reopen(claim) }
      return .dropped
    }
    queue[turn.id]?.request = request
    queue[turn.id]?.request.span = turn.request.span
    queue[turn.id]?.hookRefusal = nil
    await storeCorrection { () throws(StoreError) in try await store.correct(claim, payload: request.payload) }
    return .corrected
  }

  /// Stores a correction. If that fails, a restart brings the message back as it was, which is logged.
  private func storeCorrection(_ write: () async throws(StoreError) -> Void) async {
    do throws(StoreError) {
      try await write()
    } catch {
      logger.error("correction not stored", metadata: ["session": "\(key)", "reason": "\(error)"])
    }
  }
}

// MARK: Joining the running turn

extension Session {
  /// Has the agent that is answering told of a message that waits, if that is possible. Until it is decided, the
  /// message keeps its position in the queue and does not begin.
  private func steer(_ id: Int) {
    guard let turn = queue[id], mayJoin(turn) else { return }
    queue[id]?.isJoining = true
    joins[id] = Task(executorPreference: Task.preferredExecutor) { await self.joinAndStartNext(id) }
  }

  private func joinAndStartNext(_ id: Int) async {
    await join(id)
    joins[id] = nil
    queue[id]?.isJoining = false
    startNext()
  }

  private func join(_ id: Int) async {
    guard let request = queue[id]?.request else { return }
    let refusal = await request.delegate.refusal(of: request.message, to: request.agent)
    // The hook has not seen a message that was corrected meanwhile: it waits for its own turn.
    guard queue[id]?.request.payload == request.payload else { return }
    queue[id]?.hookRefusal = .some(refusal)
    // A refusal is posted in the message's own turn.
    guard refusal == nil, let turn = queue[id], mayJoin(turn), let active, let question = active.question else {
      return
    }
    active.beginJoin(id, in: joins[id])
    let isTold = await tell(question, of: request)
    // If it does not wait any more, everything was stopped, or it was deleted.
    active.endJoin(id, joined: isTold ? queue[id] : nil)
    if isTold { queue[id] = nil }
  }

  /// Tells the running agent of a message; returns whether the answer will be to it, too.
  private func tell(_ question: ActiveTurn.Question, of request: TurnRequest) async -> Bool {
    do throws(StoreError) {
      // Before the agent is told, so that no restart tells it again.
      try await store.setBegun(true, request.claim)
      var more = question.request
      (more.history, more.context, more.more, more.files) = ([], [], [], request.files)
      (more.message, more.speaker, more.origin) = (request.message, request.speaker, request.origin)
      more.isAgentCommand = request.isAgentCommand
      if await question.agent.steer(with: more) { return true }
      try await store.setBegun(false, request.claim)
    } catch {
      logger.error("message not recorded as begun", metadata: request.logged(error))
    }
    return false
  }

  /// Returns whether a message can become a part of the running turn: the agent is answering, in the place where the
  /// message would be answered, and has not been told too much.
  private func mayJoin(_ turn: WaitingTurn) -> Bool {
    guard let active, active.ending == nil, active.question != nil, !isShutDown else { return false }
    let request = turn.request
    return request.agent == active.turn.request.agent && request.location == active.turn.request.location
      && active.joinCount < request.busy.max && turn.replaces == nil && !turn.repeatsUnfinished && turn.reply == nil
      && !turn.isBegun
  }
}

// MARK: Stopping

extension Session {
  /// Ends the running turn and drops the waiting messages. When it returns, the agent's request has been told to close
  /// and nothing of the turn is posted any more. It waits at most 900 ms for the turn, and for the store as long as
  /// that takes.
  ///
  /// If the answer is being posted at that moment, posting is cancelled: posts that the server had accepted stay, and
  /// if all of them were, the exchange counts as answered although it is reported as stopped. Messages that are
  /// submitted from here on are answered as usual.
  ///
  /// - Parameter name: the name of the user who stops it.
  package func stop(by name: String = "") async -> StopReport {
    await holding { await endAll(by: name) }
  }

  /// Stops everything, then starts the conversation over: its history is deleted from the store.
  ///
  /// - Parameters:
  ///   - user: the user who resets it.
  ///   - name: their name.
  /// - Throws: `StoreError` if the store cannot be written; the turn is stopped all the same, the conversation goes on.
  package func reset(by user: UserID? = nil, named name: String = "") async throws(StoreError) -> StopReport {
    try await holding { () async throws(StoreError) in
      let report = await endAll(by: name)
      await services.removeFolder(of: key, generation: try await store.renew(key, at: services.now()) - 1)
      services.onChange(key, .reset, user)
      return report
    }
  }

  /// Ends the running turn and leaves it and the waiting messages in the store for the next start.
  func shutDown() async {
    isShutDown = true
    for turn in queue.removeAll() { turn.notify(.unanswered(.postponed)) }
    stopWaitingForSlot()
    for (id, join) in joins where active?.joining(id) == nil { join.cancel() }
    guard let active else { return }
    active.end(.shutDown)
    await expectEnd()
  }

  private func endAll(by name: String) async -> StopReport {
    stopper = name
    let dropped = queue.removeAll()
    stopWaitingForSlot()
    let stopped = active?.report
    active?.end(.stopped)
    await finish(dropped.map(\.request.claim))
    let isOver = await turnIsOver(within: Limits.stopTime)
    for turn in dropped {
      turn.notify(.unanswered(.stopped(by: name)))
      turn.notify(.abandoned(written: turn.reply?.text))
    }
    return StopReport(stopped: stopped, dropped: dropped.map(\.request.claim), isOver: isOver)
  }

  /// Ends, without a reply, all turns that a deletion concerns: waiting messages are dropped, the turn that answers one
  /// is stopped, and the history forgets them. Everything else in the session goes on. It waits for the stopped turn as
  /// `stop()` does.
  ///
  /// - Returns: the messages that were dropped or whose answer was stopped.
  package func withdraw(_ deletion: Deletion) async -> [Claim] {
    await holding {
      var ended = SessionDeletion(deletion: deletion)
      do throws(StoreError) {
        ended = try await store.exchanges(of: deletion, session: key)
      } catch {
        logger.error("history not looked up", metadata: ["session": "\(key)", "reason": "\(error)"])
      }
      let dropped = queue.remove(where: ended.ends)
      let running = active?.turns ?? []
      var withdrawn = dropped.map(\.request.claim)
      // A message that the agent is just being told counts as told.
      if dropped.contains(where: { active?.joining($0.id) != nil }) || running.contains(where: ended.ends) {
        withdrawn += running.filter(ended.ends).map(\.request.claim)
        active?.end(.deleted(ended))
      }
      await finish(dropped.map(\.request.claim))
      if case .deleted? = active?.ending { await expectEnd() }
      for turn in dropped { turn.notify(.withdrawn(deletion)) }
      await forget(ended, dropped + running)
      return withdrawn
    }
  }

  /// Deletes the messages and exchanges of a deletion from the store, and removes the files of deleted messages.
  private func forget(_ ended: SessionDeletion, _ turns: [WaitingTurn]) async {
    do throws(StoreError) {
      try await store.forget(ended.deletion, session: key)
      guard case .message = ended.deletion else { return }
      let files = ended.files + turns.filter { ended.ends($0) && $0.replaces == nil }.flatMap(\.request.files)
      guard !files.isEmpty, let generation = try await store.facts(of: key)?.generation else { return }
      services.remove(files, of: key, generation: generation)
    } catch {
      logger.error("deleted message not forgotten", metadata: ["session": "\(key)", "reason": "\(error)"])
    }
  }
}

// MARK: Looking

extension Session {
  /// Returns the positions of those of the messages that wait, 1 for the next one.
  package func positions(of claims: some Sequence<Claim> & Sendable) -> [Claim: Int] { queue.positions(of: claims) }

  /// Returns the state of the session.
  ///
  /// - Throws: `StoreError` if the store cannot be read.
  package func status() async throws(StoreError) -> SessionStatus {
    await settle()
    let facts = try await store.facts(of: key)
    return SessionStatus(
      running: active?.report, waiting: queue.count, isWaitingForSlot: isWaitingForSlot,
      runningElsewhere: isWaitingForSlot ? services.scheduler.running : 0, turns: facts?.turns ?? 0,
      startedAt: facts?.startedAt, lastAt: facts?.lastAt)
  }

  /// Returns the usage of the session.
  ///
  /// - Throws: `StoreError` if the store cannot be read.
  package func usage() async throws(StoreError) -> SessionUsage {
    await settle()
    var usage = try await store.usage(of: key)
    usage.waiting = queue.count
    return usage
  }

  /// Returns the controls that an agent offers in this conversation, or `nil` if it has not announced any.
  package func controls(of name: String) async -> AgentControls? { await services.agent(name)?.controls(in: key.text) }

  /// Selects a value of a control that an agent offers in this conversation.
  package func select(_ id: String, for kind: AgentControls.Kind, of name: String) async -> SelectionResult {
    await services.agent(name)?.select(id, for: kind, in: key.text) ?? .unsupported
  }

  /// Waits, for a moment, until an answer that is being posted is in the history too: users who have seen it may ask
  /// about it at once.
  private func settle() async {
    guard active?.isDelivering == true else { return }
    _ = await turnIsOver(within: Limits.stopTime)
  }
}

// MARK: Running turns

extension Session {
  /// Starts the next turn unless one runs or none may start.
  private func startNext() {
    let candidates = active == nil && holds == 0 && !isShutDown ? queue.candidates : []
    guard let next = candidates.first else { return stopWaitingForSlot() }
    // A stored reply only has to be posted: no agent is asked.
    if next.reply != nil { return start(next.id, in: nil) }
    let slot = services.scheduler.slot(for: candidates.map(\.candidate), of: key) { slot in
      Task(executorPreference: Task.preferredExecutor) { await self.start(in: slot) }
    }
    if let slot { start(slot.turn, in: slot) } else { isWaitingForSlot = true }
  }

  /// Starts a turn that waited for a slot, unless it does not wait any more.
  private func start(in slot: TurnScheduler.Slot) {
    guard active == nil, holds == 0, !isShutDown, queue[slot.turn]?.isReady == true else {
      slot.release()
      return startNext()
    }
    start(slot.turn, in: slot)
  }

  private func start(_ id: Int, in slot: TurnScheduler.Slot?) {
    stopWaitingForSlot()
    guard let turn = queue.begin(id) else {
      slot?.release()
      return
    }
    let active = ActiveTurn(turn, since: services.now(), slot: slot)
    self.active = active
    active.run(Task(executorPreference: Task.preferredExecutor) { await self.run() })
  }

  private func stopWaitingForSlot() {
    services.scheduler.withdraw(key)
    isWaitingForSlot = false
  }

  private func run() async {
    guard let active else { return }
    let span = active.turn.request.span?.child("turn", [.agent: .string(active.turn.request.agent)])
    // The task may be started by the end of another turn, whose span it would inherit.
    await Span.$current.withValue(span) { await end(active, with: await runner.run(active)) }
    span?.end()
    self.active = nil
    let waiters = endWaiters.values
    endWaiters = [:]
    for waiter in waiters { waiter.resume(returning: true) }
    startNext()
  }

  /// Records how a turn ended, and tells its delegates.
  private func end(_ active: ActiveTurn, with result: TurnRunner.Result) async {
    var record = result.record
    if let usage = record.usage { active.turn.notify(.used(usage, agent: record.request.agent)) }
    if result.isAbandoned(active.ending) { active.turn.notify(.abandoned(written: result.written)) }
    if case .deleted(let deletion) = active.ending { return await end(active, record, after: deletion) }
    guard let end = result.end(active.ending) else {
      for turn in active.turns { turn.notify(.unanswered(.postponed)) }
      logger.debug("turn left for the next start", metadata: ["post": "\(record.request.claim)"])
      return
    }
    record.end = end
    Span.current?.set(.turnEnd, .string(end.rawValue))
    if end == .answered { record.answer = result.reply?.historyText }
    await self.record(record)
    let reason = noReplyReason(end)
    active.turn.notify(.ended(end, answer: record.answer, agent: record.request.agent))
    if let reason { active.turn.notify(.unanswered(reason)) }
    for joined in active.joined {
      joined.notify(.ended(end, answer: record.answer, agent: record.request.agent))
      joined.notify(.unanswered(reason ?? .joined(claim: record.request.claim, end: end)))
      joined.notify(.abandoned(written: nil))
    }
  }

  /// Records a turn that a deletion ended. Messages of the turn that still exist are put back: they are next.
  private func end(_ active: ActiveTurn, _ record: TurnRecord, after deletion: SessionDeletion) async {
    let isLeft = { (turn: WaitingTurn) in !active.isStopped && !deletion.ends(turn) }
    let (left, over) = (active.turns.filter(isLeft), active.turns.filter { !isLeft($0) })
    var record = record
    record.end = .stopped
    record.isAnswerDeleted = if case .answer = deletion.deletion { true } else { false }
    do throws(StoreError) {
      try await store.endDeleted(
        record, over: over.map(\.request.claim), left: left.map(\.request), session: key, at: services.now())
      logger.debug("turn over", metadata: ["post": "\(record.request.claim)", "end": "deleted"])
    } catch {
      logger.error("turn not recorded", metadata: record.request.logged(error))
    }
    for turn in over {
      turn.notify(.ended(.stopped, answer: nil, agent: turn.request.agent))
      if deletion.ends(turn) {
        turn.notify(.withdrawn(deletion.deletion))
      } else {
        turn.notify(.unanswered(.stopped(by: stopper)))
        turn.notify(.abandoned(written: nil))
      }
    }
    guard !isShutDown else { return }
    queue.prepend(left.map { $0.again(mayBePosted: active.isDelivering) })
  }

  /// Returns why the messages of a turn that ended so have no reply, or `nil` if the reply says it.
  private func noReplyReason(_ end: TurnEnd) -> NoReplyReason? {
    switch end {
    case .stopped: .stopped(by: stopper)
    case .interrupted: .interrupted
    case .answered, .failed: nil
    }
  }

  /// Records a turn that is over. If that fails, its message comes back after a restart, which is logged.
  private func record(_ record: TurnRecord) async {
    let metadata = record.request.logged.merging(["end": "\(record.end.rawValue)"]) { $1 }
    do throws(StoreError) {
      try await store.end(record, session: key, at: services.now())
      logger.debug("turn over", metadata: metadata)
    } catch {
      logger.error("turn not recorded", metadata: metadata.merging(["reason": "\(error)"]) { $1 })
    }
  }

  /// Forgets messages that will not be answered. If that fails, they come back after a restart, which is logged.
  private func finish(_ claims: [Claim]) async {
    do throws(StoreError) {
      try await store.finish(claims)
    } catch {
      logger.error("messages not forgotten", metadata: ["messages": "\(claims)", "reason": "\(error)"])
    }
  }

  /// Runs `body` while no turn begins, then starts the next one.
  private func holding<Value, Failure: Error>(
    _ body: () async throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    holds += 1
    defer {
      holds -= 1
      startNext()
    }
    return try await body()
  }

  private func expectEnd() async {
    guard await !turnIsOver(within: Limits.stopTime) else { return }
    logger.warning("turn did not end in time", metadata: ["session": "\(key)"])
  }

  /// Waits until the running turn is over, at most for `limit`; returns whether it is.
  private func turnIsOver(within limit: Duration) async -> Bool {
    guard active != nil else { return true }
    lastID += 1
    let waiter = lastID
    let timeout = Task {
      try await Task.sleep(for: limit)
      endWaiters.removeValue(forKey: waiter)?.resume(returning: false)
    }
    defer { timeout.cancel() }
    return await withCheckedContinuation { endWaiters[waiter] = $0 }
  }
}

extension WaitingTurn {
  fileprivate func notify(_ event: TurnEvent) { request.delegate.handle(event) }

  fileprivate var candidate: TurnScheduler.Candidate {
    TurnScheduler.Candidate(turn: id, user: request.user, agent: request.agent, order: order)
  }

  /// The turn as it waits again after a deletion ended it.
  ///
  /// - Parameter isPosted: whether parts of its answer may be posted.
  fileprivate func again(mayBePosted isPosted: Bool) -> WaitingTurn {
    var again = self
    (again.isNext, again.isJoining, again.reply) = (true, false, nil)
    (again.isBegun, again.isCutOff) = (true, true)
    again.mayBePosted = mayBePosted || isPosted
    return again
  }
}

extension TurnRequest {
  /// Copies the question of another request.
  fileprivate mutating func `repeat`(_ other: TurnRequest) {
    message = other.message
    more = other.more
    files = other.files
    speaker = other.speaker
    agent = other.agent
  }
}
