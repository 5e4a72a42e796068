import FoundationEssentials

/// The one turn of a session that is running.
struct CurrentTurn {
  /// Why a turn is being ended before it is done.
  enum Ending {
    case stopped, interrupted, shutDown
    /// Something was deleted that it is about.
    case deleted(SessionDeletion)
  }

  var turn: WaitingTurn
  let since: Date
  let task: Task<Void, Never>
  /// Its room among all turns, until it is given back.
  var slot: TurnScheduler.Slot?
  /// Who is answering what; nil before the agent is asked.
  var asked: Asked?
  /// Messages that the agent was told while it answered: the answer is to them too.
  var joined: [WaitingTurn] = []
  /// Whether the agent is done and the answer is being posted.
  var isDelivering = false
  /// Why the task was cancelled; nil while it runs undisturbed.
  var ending: Ending?
  /// Whether somebody stopped it, whatever else ended it.
  private(set) var isStopped = false

  /// An agent with what it was asked.
  struct Asked {
    let agent: any Agent
    let question: AgentRequest
  }

  var report: RunningTurn {
    let request = turn.request
    return RunningTurn(
      post: request.post, speaker: request.speaker, message: request.message, agent: request.agent, since: since)
  }

  /// Ends the turn. The first reason counts, but a shut-down yields to a person's `stop`, and everything to a deletion.
  mutating func end(_ reason: Ending) {
    if case .stopped = reason { isStopped = true }
    switch (ending, reason) {
    case (.deleted, _): break
    case (nil, _), (_, .stopped), (_, .deleted): ending = reason
    case (_, .interrupted), (_, .shutDown): break
    }
    task.cancel()
  }
}
