import Logging
import RuleEngine

extension Session {
  /// Has the agent that is answering told of a message that waits; false where it cannot be told, so that the message goes on
  /// waiting, unless somebody stopped everything meanwhile.
  func join(_ id: Int) async -> Bool {
    guard let turn = waiting.first(where: { $0.id == id }), mayJoin(turn) else { return false }
    // Where a hook says no, the message hears so in its own turn.
    guard await turn.request.mayBegin(turn.request.message, turn.request.agent) == nil else { return false }
    guard mayJoin(turn), let place = waiting.firstIndex(where: { $0.id == id }), let asked = current?.asked else {
      return false
    }
    waiting.remove(at: place)
    let joining = Task { await join(turn, asked) }
    joins[id] = joining
    defer { joins[id] = nil }
    return await joining.value
  }

  /// Waits for messages that are just being told to the agent: they belong to its turn, or wait again.
  func settleJoins() async {
    for joining in joins.values { _ = await joining.value }
  }

  private func mayJoin(_ turn: WaitingTurn) -> Bool {
    guard let current, current.ending == nil, !current.isDelivering, current.asked != nil, !isShutDown else {
      return false
    }
    let request = turn.request
    return request.agent == current.turn.request.agent && current.joined.count < request.busy.max
      && turn.replaces == nil && turn.reply == nil && !turn.isBegun
  }

  private func join(_ turn: WaitingTurn, _ asked: CurrentTurn.Asked) async -> Bool {
    let request = turn.request
    var more = asked.question
    (more.history, more.context) = ([], [])
    (more.message, more.speaker, more.files, more.origin) = (
      request.message, request.speaker, request.files, request.origin
    )
    await note(isBegun: true, turn)
    if await asked.agent.tell(more) {
      current?.joined.append(turn)
      return true
    }
    await note(isBegun: false, turn)
    if current?.ending != .stopped {
      waiting.insert(turn, at: waiting.firstIndex { !$0.isNext && $0.id > turn.id } ?? waiting.endIndex)
    }
    return false
  }

  /// Notes whether an agent heard of a message, so that no restart has it hear it again.
  private func note(isBegun: Bool, _ turn: WaitingTurn) async {
    do throws(StoreError) {
      try await store.note(isBegun: isBegun, turn.request.post)
    } catch {
      logger.error("message not noted", metadata: ["post": "\(turn.request.post)", "reason": "\(error)"])
    }
  }
}
