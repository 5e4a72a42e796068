package import Core
package import FoundationEssentials
package import RuleEngine

/// A message for a session, with all that answering it takes.
package struct TurnRequest: Sendable {
  /// The id under which the message was claimed: the post's, or one for an edit of it.
  package var post: String
  /// The id of the user who asks.
  package var user: String
  /// The name of the user who asks.
  package var speaker: String
  /// What the agent is asked.
  package var message: String
  /// Whether `message` is a command of the agent's own. See `AgentRequest.isAgentCommand`.
  package var isAgentCommand = false
  /// What others said to the same agent while it answered the message that is asked again. See `AgentRequest.more`.
  package var more: [ChatMessage] = []
  /// The agent's name in the rules file.
  package var agent: String
  /// When the conversation begins anew.
  package var session: SessionPolicy
  /// What happens where the session is answering something else.
  package var busy: BusyPolicy
  /// Names where the answer goes: a message that is answered elsewhere is no part of the same turn.
  package var place: String
  /// Where the message was written.
  package var origin: MessageOrigin
  /// When it was written, by the clock that the sessions go by; `nil` if that is not known.
  package var askedAt: Date?
  /// The files that hang on it.
  package var files: [AttachedFile]
  /// What the caller needs to submit the message again after a restart; opaque to the session.
  package var payload: String
  /// Whether people see how the agent works, beside what it says.
  package var showsWork: Bool
  /// Runs while the agent is being asked, and is cancelled when that is over: to show that somebody is at work, and what
  /// there is of the answer. Nothing else is said before it has returned.
  package var accompany: @Sendable (ResponseBuffer) async -> Void
  /// Downloads a file of the message into the conversation's folder. See `TurnHost.fetch`.
  package var fetch: @Sendable (AttachedFile, SessionFolder) async throws(AttachmentFailure) -> String
  /// Reads what the agent has not heard that the message may be about, oldest first; nothing where it cannot be read.
  package var context: @Sendable (ContextRequest) async -> [ChatMessage]
  /// Is asked before the agent is, with what it will be asked and its name; what it returns is said instead of an answer.
  package var mayBegin: @Sendable (_ message: String, _ agent: String) async -> String?
  /// Asks people whether the agent may do something. See `TurnHost.permit`.
  package var permit: @Sendable (PermissionRequest) async -> PermissionOutcome
  /// Is told that the conversation before was over, so that what was said there is not known any more. Nobody waits.
  package var beganAnew: @Sendable () async -> Void
  /// Is told how the turn ended, and what was answered.
  package var over: @Sendable (TurnEnd, _ answer: String?, _ agent: String) -> Void
  /// Is told if it gets no reply of its own, or not before the next start. Deletions are told to `withdrawn`.
  package var unanswered: @Sendable (NoReplyReason) -> Void
  /// What is said where there is no answer, or only the part of one that the agent had written when it failed.
  package var explain: @Sendable (AgentFailure, _ written: String?) async -> String
  /// Posts what came of it. See `Deliver`.
  package var deliver: Deliver
  /// Marks what was shown of an answer that somebody stopped, or a newer message interrupted, before all of it was posted;
  /// it is given what there is of the answer. Nobody waits for it.
  package var abandon: @Sendable (_ written: String?) async -> Void
  /// Is told that it is not answered because of a deletion. Nobody waits for it.
  package var withdrawn: @Sendable (Deletion) async -> Void

  /// Puts a request together.
  package init(
    post: String, user: String, speaker: String, message: String, agent: String,
    session: SessionPolicy = SessionPolicy(), busy: BusyPolicy = BusyPolicy(), place: String = "",
    origin: MessageOrigin = MessageOrigin(), askedAt: Date? = nil,
    files: [AttachedFile] = [], payload: String, showsWork: Bool = false,
    accompany: @escaping @Sendable (ResponseBuffer) async -> Void = { _ in },
    fetch: @escaping @Sendable (AttachedFile, SessionFolder) async throws(AttachmentFailure) -> String = AgentContext()
      .fetch,
    context: @escaping @Sendable (ContextRequest) async -> [ChatMessage] = { _ in [] },
    mayBegin: @escaping @Sendable (String, String) async -> String? = { _, _ in nil },
    permit: @escaping @Sendable (PermissionRequest) async -> PermissionOutcome = AgentContext().permit,
    beganAnew: @escaping @Sendable () async -> Void = {},
    over: @escaping @Sendable (TurnEnd, String?, String) -> Void = { _, _, _ in },
    unanswered: @escaping @Sendable (NoReplyReason) -> Void = { _ in },
    explain: @escaping @Sendable (AgentFailure, String?) async -> String = { failure, _ in failure.sentence() },
    deliver: @escaping Deliver, abandon: @escaping @Sendable (String?) async -> Void = { _ in },
    withdrawn: @escaping @Sendable (Deletion) async -> Void = { _ in }
  ) {
    self.post = post
    self.user = user
    self.speaker = speaker
    self.message = message
    self.agent = agent
    self.session = session
    self.busy = busy
    self.place = place
    self.origin = origin
    self.askedAt = askedAt
    self.files = files
    self.payload = payload
    self.showsWork = showsWork
    self.accompany = accompany
    self.fetch = fetch
    self.context = context
    self.mayBegin = mayBegin
    self.permit = permit
    self.beganAnew = beganAnew
    self.over = over
    self.unanswered = unanswered
    self.explain = explain
    self.deliver = deliver
    self.abandon = abandon
    self.withdrawn = withdrawn
  }
}

extension TurnRequest {
  /// What the agent is asked, as a hook hears it.
  var words: String {
    more.isEmpty ? message : ([ChatMessage(speaker: speaker, text: message, files: files)] + more).transcript
  }
}

/// Posts what is said at the end of a turn, the agent's answer or why there is none, and says whether that worked.
///
/// It is awaited as the last part of the turn, in a task that is cancelled when the turn is stopped or the gateway shuts
/// down: it must then return soon, having posted nothing more. Posts that the server had already taken stand.
///
/// The store has the reply already.
package typealias Deliver = @Sendable (Reply) async -> Delivery

/// Whether delivering worked.
package enum Delivery: Sendable, Equatable {
  /// All of it is posted: the exchange belongs to the history.
  case posted
  /// It could not be posted now, and should be after the next start: message and answer stay in the store.
  case later
  /// It can never be posted, as in an archived channel: nobody has seen it, so the history does not have it.
  case refused
  /// What it answers was deleted, or a post of the answer: nothing more is posted.
  case deleted(Deletion)
}
