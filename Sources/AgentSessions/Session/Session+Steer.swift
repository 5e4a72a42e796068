import Logging
import RuleEngine

extension Session {
  /// Has the agent that is answering told of a message that waits, where it can be. Nobody waits for it: until it is decided,
  /// the message keeps its place in the queue and does not begin.
  func steer(_ id: Int) {
    guard let place = waiting.firstIndex(where: { $0.id == id }), mayJoin(waiting[place]) else { return }
    waiting[place].isJoining = true
    Task {
      await join(id)
      change(id) { $0.isJoining = false }
      startNext()
    }
  }

  /// Waits for messages that are just being told to the agent; called when no more can be. They belong to its turn then, or go
  /// on waiting.
  func settleTellings() async {
    while let telling = tellings.values.first { await telling.value }
  }

  private func join(_ id: Int) async {
    guard let request = waiting.first(where: { $0.id == id })?.request else { return }
    let refusal = await request.mayBegin(request.message, request.agent)
    // Of one that was corrected meanwhile, the hook has not heard: it waits for its own turn.
    guard waiting.first(where: { $0.id == id })?.request.payload == request.payload else { return }
    change(id) { $0.hooksSaid = .some(refusal) }
    // Where a hook says no, the message hears so in its own turn.
    guard refusal == nil, let turn = waiting.first(where: { $0.id == id }), mayJoin(turn), let asked = current?.asked
    else { return }
    let telling = Task {
      await tell(turn, asked)
      tellings[id] = nil
    }
    tellings[id] = telling
    await telling.value
  }

  private func tell(_ turn: WaitingTurn, _ asked: CurrentTurn.Asked) async {
    let request = turn.request
    do throws(StoreError) {
      // Before it hears of it, so that no restart has it hear it again.
      try await store.note(isBegun: true, request.post)
      var more = asked.question
      (more.history, more.context, more.more, more.files) = ([], [], [], request.files)
      (more.message, more.speaker, more.origin) = (request.message, request.speaker, request.origin)
      more.isAgentCommand = request.isAgentCommand
      if await asked.agent.tell(more) {
        // Where it does not wait any more, somebody stopped everything, or deleted it.
        guard waiting.contains(where: { $0.id == turn.id }) else { return }
        waiting.removeAll { $0.id == turn.id }
        current?.joined.append(turn)
      } else {
        try await store.note(isBegun: false, request.post)
      }
    } catch {
      logger.error("message not noted", metadata: request.logged(error))
    }
  }

  /// Whether a message can become a part of the running turn: the agent is answering, in the place where the message would be
  /// answered, and has not been told too much.
  private func mayJoin(_ turn: WaitingTurn) -> Bool {
    guard let current, current.ending == nil, current.asked != nil, !isShutDown else { return false }
    let request = turn.request
    return request.agent == current.turn.request.agent && request.place == current.turn.request.place
      && current.joined.count + tellings.count < request.busy.max && turn.replaces == nil
      && !turn.retriesUnfinished && turn.reply == nil
      && !turn.isBegun
  }

  private func change(_ id: Int, _ change: (inout WaitingTurn) -> Void) {
    guard let place = waiting.firstIndex(where: { $0.id == id }) else { return }
    change(&waiting[place])
  }
}
