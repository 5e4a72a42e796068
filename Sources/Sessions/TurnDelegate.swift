package import Agents
package import Core

/// The stage that submitted a turn: it shows the turn's progress, answers the session's questions, and sends the
/// reply.
///
/// The calls of one turn are made one after the other, but for `fetch` and `permit`, which an agent makes while
/// `present` runs. All of them but `deliver` may be left out.
package protocol TurnDelegate: Sendable {
  /// Shows the response while the agent writes it, if that takes long. The task is cancelled when the response is
  /// complete; nothing else is posted before the method has returned.
  func present(_ response: ResponseBuffer) async

  /// Downloads a file of the message into the conversation's folder, once, and returns its path there.
  ///
  /// - Throws: `AttachmentFailure` if the file is over a limit or cannot be downloaded.
  func fetch(_ file: AttachedFile, into folder: SessionFolder) async throws(AttachmentFailure) -> String

  /// Asks people whether the agent may do something. Cancelling the task withdraws the request.
  func permit(_ request: PermissionRequest) async -> PermissionOutcome

  /// Reads messages around the turn's own that the conversation has not seen, oldest first; returns none if they cannot
  /// be read.
  func context(_ request: ContextRequest) async -> [ChatMessage]

  /// Asks the hooks whether the agent may be asked. Returns the text to post instead of an answer, or `nil` if it may.
  func refusal(of message: String, to agent: String) async -> String?

  /// Returns the text to post if the agent failed: the reason, below the part of the response that people have seen.
  ///
  /// - Parameter written: the part of the response that the agent had written, or `nil`.
  func explanation(of failure: AgentFailure, after written: String?) async -> String

  /// Posts the reply, which the store has already.
  ///
  /// The turn's task is cancelled when the turn is stopped or the gateway shuts down. The method must then return soon,
  /// having posted nothing more; posts that the server had accepted stay.
  func deliver(_ reply: Reply) async -> Delivery

  /// Handles an event of the turn. The session does not wait for its consequences.
  func handle(_ event: TurnEvent)
}

extension TurnDelegate {
  package func present(_ response: ResponseBuffer) async {}

  package func fetch(_ file: AttachedFile, into folder: SessionFolder) async throws(AttachmentFailure) -> String {
    throw AttachmentFailure(.unavailable, file: file.name)
  }

  package func permit(_ request: PermissionRequest) async -> PermissionOutcome { .refused("no one can be asked") }

  package func context(_ request: ContextRequest) async -> [ChatMessage] { [] }

  package func refusal(of message: String, to agent: String) async -> String? { nil }

  package func explanation(of failure: AgentFailure, after written: String?) async -> String { failure.sentence() }

  package func handle(_ event: TurnEvent) {}
}

package enum TurnEvent: Sendable, Equatable {
  /// The conversation before it was over, so that it starts without a history.
  case startedOver
  /// It is recorded as ended; `answer` is the delivered answer, if there is one.
  case ended(TurnEnd, answer: String?, agent: String)
  /// The agent reported the tokens of the turn, however it ended.
  case used(TokenUsage, agent: String)
  /// It gets no reply of its own, or none before the next start. Deletions are `withdrawn`.
  case unanswered(NoReplyReason)
  /// People stopped it, or a newer message interrupted it, before all of it was posted; `written` is the answer
  /// so far.
  case abandoned(written: String?)
  /// It is not answered because of a deletion.
  case withdrawn(Deletion)
}

package enum TurnEnd: String, Sendable, CaseIterable {
  /// The answer was delivered.
  case answered
  /// A newer message interrupted it and continues it.
  case interrupted
  /// A user stopped it.
  case stopped
  /// The agent failed, or the answer could not be delivered.
  case failed
}

/// The reason why a submitted message gets no reply of its own, or not yet.
package enum NoReplyReason: Sendable, Equatable {
  /// A user stopped it; the name is empty if it is unknown.
  case stopped(by: String)
  /// A newer message interrupted it.
  case interrupted
  /// The agent was told of it while it answered the message `claim`; `end` is how that turn ended.
  case joined(claim: Claim, end: TurnEnd)
  /// The gateway shuts down: the store has it for the next start.
  case postponed
}

/// The result of delivering a reply.
package enum Delivery: Sendable, Equatable {
  /// All of it is posted, the last post in the thread of `thread`; `nil` if it was posted before a restart. The
  /// exchange belongs to the history.
  case posted(thread: PostID?)
  /// It could not be posted yet: message and reply stay in the store for the next start.
  case postponed
  /// It can never be posted, as in an archived channel: no one has seen it, so the history does not have it.
  case refused
  /// The message, or a post of the reply, was deleted: nothing more is posted.
  case deleted(Deletion)
}
