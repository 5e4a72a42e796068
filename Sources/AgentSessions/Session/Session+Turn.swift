import FoundationEssentials
import Logging
import RuleEngine

extension Session {
  /// Begins the next turn where none runs and one may begin.
  func startNext() {
    guard current == nil, holds == 0, !isShutDown, let next = waiting.first, next.isKept else { return }
    waiting.removeFirst()
    current = CurrentTurn(turn: next, since: now(), task: Task { await run(next) })
  }

  private func run(_ turn: WaitingTurn) async {
    var record = TurnRecord(request: turn.request, replaces: turn.replaces, end: .failed)
    let accompanying = Task { await turn.request.accompany() }
    let outcome = await answer(turn, record: &record)
    accompanying.cancel()
    var delivery: Delivery?
    if let outcome, current?.ending == nil {
      current?.isDelivering = true
      delivery = await turn.request.deliver(outcome)
    }
    if let end = end(after: outcome, delivery, ending: current?.ending) {
      record.end = end
      if end == .answered, case .answered(let answer) = outcome { record.answer = answer.text }
      await write(record)
    } else {
      logger.debug("turn left for the next start", metadata: ["post": "\(turn.request.post)"])
    }
    current = nil
    let waiters = endWaiters.values
    endWaiters = [:]
    for waiter in waiters { waiter.resume(returning: true) }
    startNext()
  }

  /// Asks the agent, unless the answer is known, and keeps the answer. Nil where the turn was ended meanwhile.
  private func answer(_ turn: WaitingTurn, record: inout TurnRecord) async -> TurnOutcome? {
    let request = turn.request
    let start: TurnStart
    do {
      start = try await store.begin(key.text, policy: request.session, leavingOut: turn.replaces, at: now())
    } catch {
      logger.error("turn not begun", metadata: ["post": "\(request.post)", "reason": "\(error)"])
      return .failed(AgentFailure(.noStore, agent: request.agent, detail: "\(error)"))
    }
    record.generation = start.generation
    if let known = turn.answer { return .answered(known) }
    guard let agent = await agent(request.agent) else {
      return .failed(AgentFailure(.unknownAgent, agent: request.agent))
    }
    guard current?.ending == nil else { return nil }
    let question = AgentRequest(
      history: start.history, message: request.message, speaker: request.speaker, isShared: key.isShared,
      sessionID: "\(key.text)#\(start.generation)")
    var collected = CollectedAnswer()
    do {
      try await collected.collect(agent.answer(question))
    } catch {
      record.usage = collected.usage
      let failure = error as? AgentFailure ?? AgentFailure(.other, agent: request.agent, detail: "\(type(of: error))")
      logger.debug("agent failed", metadata: ["post": "\(request.post)", "reason": "\(failure)"])
      return .failed(failure)
    }
    record.usage = collected.usage
    guard current?.ending == nil else { return nil }
    guard let text = collected.text else { return .failed(AgentFailure(.empty, agent: request.agent)) }
    do {
      try await store.keep(answer: text, of: request.post)
    } catch {
      // The answer is worth more than its copy: it is delivered all the same.
      logger.error("answer not kept", metadata: ["post": "\(request.post)", "reason": "\(error)"])
    }
    return .answered(Answer(text: text))
  }

  /// How a turn ended, or nil where the next start is to go on with it.
  private func end(after outcome: TurnOutcome?, _ delivery: Delivery?, ending: CurrentTurn.Ending?) -> TurnEnd? {
    switch (delivery, ending) {
    case (.posted, _):
      if case .answered = outcome { .answered } else { .failed }
    case (.refused, _): .failed
    case (_, .stopped): .stopped
    case (_, .interrupted): .interrupted
    case (_, .shutDown), (.later, nil), (nil, nil): nil
    }
  }

  /// Writes down a turn that is over. Where that fails, its message comes back after a restart: loud, not fatal.
  func write(_ record: TurnRecord) async {
    let metadata: Logger.Metadata = ["post": "\(record.request.post)", "end": "\(record.end.rawValue)"]
    do {
      try await store.end(record, session: key.text, at: now())
      logger.debug("turn over", metadata: metadata)
    } catch {
      logger.error("turn not recorded", metadata: metadata.merging(["reason": "\(error)"]) { $1 })
    }
  }
}
