import Agents
import Core
import FoundationEssentials

/// The turn that a session is running. It belongs to its session's actor.
final class ActiveTurn {
  /// The reason why a turn is being ended before it is done.
  enum Ending {
    case stopped, interrupted, shutDown
    /// A post was deleted that it is about.
    case deleted(SessionDeletion)
  }

  /// An agent with its request.
  struct Question {
    let agent: any Agent
    let request: AgentRequest
  }

  var turn: WaitingTurn
  let since: Date
  /// The slot that it holds until its answer is posted; `nil` if no agent is asked.
  let slot: TurnScheduler.Slot?
  /// The question that the agent is answering; `nil` before it is asked and after it has answered.
  var question: Question?
  /// Messages that the agent was told while it answered: the answer is to them too.
  private(set) var joined: [WaitingTurn] = []
  /// Tasks that tell the agent of another message, by the message's id.
  private var joining: [Int: Task<Void, Never>] = [:]
  /// True if the agent is done and the reply is being posted.
  var isDelivering = false
  /// The reason why the task was cancelled; `nil` while it runs.
  private(set) var ending: Ending?
  /// True if a user stopped it, whatever else ended it.
  private(set) var isStopped = false
  private var task: Task<Void, Never>?

  init(_ turn: WaitingTurn, since: Date, slot: TurnScheduler.Slot?) {
    self.turn = turn
    self.since = since
    self.slot = slot
  }

  /// All messages that it answers.
  var turns: [WaitingTurn] { [turn] + joined }

  var report: RunningTurn {
    let request = turn.request
    return RunningTurn(
      claim: request.claim, speaker: request.speaker, message: request.message, agent: request.agent, since: since)
  }

  /// Hands over the task that runs the turn.
  func run(_ task: Task<Void, Never>) { self.task = task }

  /// Ends the turn. The first reason counts, but a shutdown yields to a user's `stop`, and everything to a deletion.
  func end(_ reason: Ending) {
    if case .stopped = reason { isStopped = true }
    switch (ending, reason) {
    case (.deleted, _): break
    case (nil, _), (_, .stopped), (_, .deleted): ending = reason
    case (_, .interrupted), (_, .shutDown): break
    }
    task?.cancel()
  }
}

extension ActiveTurn {
  /// The number of messages that have joined or are joining.
  var joinCount: Int { joined.count + joining.count }

  /// Returns the task that tells the agent of a message, or `nil` if none does.
  func joining(_ id: Int) -> Task<Void, Never>? { joining[id] }

  /// Registers a task that tells the agent of a message.
  func beginJoin(_ id: Int, in task: Task<Void, Never>?) { joining[id] = task }

  /// Ends a join; `turn` is the message if the agent was told of it.
  func endJoin(_ id: Int, joined turn: WaitingTurn? = nil) {
    joining[id] = nil
    if let turn { joined.append(turn) }
  }

  /// Waits for messages that the agent is just being told, after it has answered: they belong to the turn or go on
  /// waiting.
  func settleJoins() async {
    while let task = joining.values.first { await task.value }
  }
}
