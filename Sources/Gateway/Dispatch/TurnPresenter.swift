import Agents
import ConfigLoader
import Core
import Logging
import MattermostIO
import RuleEngine
import Sessions

/// Presents one turn in Mattermost: its progress, its reply, and its end.
struct TurnPresenter: TurnDelegate {
  private let turn: PendingTurn
  private let outbox: Outbox
  private let reactions: Reactions
  private let attachments: AttachmentFetcher
  private let contextReader: ContextReader
  private let hooks: TurnHooks
  private let prompt: PermissionPrompt
  /// The prefix of commands that users can type.
  private let prefix: String
  /// The posts in which the answer is streamed; `nil` if the rule does not stream it.
  private let stream: StreamingPost?
  /// True if the turn is from before a restart.
  private let isResumed: Bool
  /// When the message was submitted, or submitted again after a restart.
  private let start = ContinuousClock.now

  init(
    _ turn: PendingTurn, outbox: Outbox, reactions: Reactions, attachments: AttachmentFetcher, context: ContextReader,
    hooks: TurnHooks, prompt: PermissionPrompt, prefix: String, isResumed: Bool
  ) {
    self.turn = turn
    self.outbox = outbox
    self.reactions = reactions
    self.attachments = attachments
    contextReader = context
    self.hooks = hooks
    self.prompt = prompt
    self.prefix = prefix
    self.isResumed = isResumed
    stream =
      turn.replyOptions?.streams == true
      ? StreamingPost(of: .answer(to: turn.claim), to: turn.target, from: outbox, isResumed: isResumed) : nil
  }

  /// Shows that an agent is going to be asked, if its answer takes long.
  func accept() {
    if let post = markedPost { reactions.expect(post, isResumed: isResumed) }
  }

  /// Shows that nothing more is done.
  ///
  /// - Parameter end: how the turn ended; `nil` if people ended it, or none was begun.
  func finish(_ end: Reactions.End?) {
    guard let post = markedPost else { return }
    let isShown = end != .answered || turn.replyOptions?.reactions == .all
    reactions.end(post, as: isShown ? end : nil)
  }

  func present(_ response: ResponseBuffer) async {
    guard let stream else { return await outbox.posts.showTyping(in: turn.target) }
    async let typing: Void = outbox.posts.showTyping(in: turn.target)
    await stream.follow(response)
    await typing
  }

  func fetch(_ file: AttachedFile, into folder: SessionFolder) async throws(AttachmentFailure) -> String {
    try await attachments.fetch(file, into: folder)
  }

  func permit(_ request: PermissionRequest) async -> PermissionOutcome { await prompt.ask(request) }

  func context(_ request: ContextRequest) async -> [ChatMessage] { await contextReader.read(request) }

  func refusal(of message: String, to agent: String) async -> String? {
    await hooks.refusal(of: message, to: agent)
  }

  func explanation(of failure: AgentFailure, after written: String?) async -> String {
    outbox.outcomes.record(EventOutcome(failure), of: turn.claim)
    let sentence = failure.sentence(prefix: prefix)
    // A gateway that was killed may have shown more than was written since.
    let shown = isResumed ? await stream?.shownBefore() : nil
    guard stream != nil, let text = String.longer(shown, written) else { return sentence }
    let isCut = failure.code == .leftUnfinished
    return MessageSplitter.closingFence(of: text) + "\n\n"
      + (isCut ? DispatchTexts.cutByRestart(failure.agent, prefix: prefix) : sentence)
  }

  func deliver(_ reply: Reply) async -> Delivery {
    var reply = reply
    // An answer that the store did not accept may be posted all the same.
    reply.isResumed = reply.isResumed || isResumed
    if !reply.isFailure { reply.agent = reply.agent ?? turn.agent }
    let (delivery, posts, firstAt) = await outbox.deliver(reply, to: turn.target, by: .agent, after: stream)
    switch delivery {
    case .posted:
      // The session has logged why there is no answer.
      if !reply.isFailure {
        let took = ContinuousClock.now - start
        metrics?.recordAnswer(by: reply.agent ?? turn.agent, firstWord: firstAt.map { $0 - start }, whole: took)
        outbox.posts.logger.notice(
          "answered",
          metadata: turn.logged([
            "took": .stringConvertible(took), "posts": .stringConvertible(posts),
          ]))
      }
      finish(reply.isFailure ? .failed : .answered)
    case .refused: finish(.failed)
    case .postponed, .deleted: break
    }
    return delivery
  }

  func handle(_ event: TurnEvent) {
    switch event {
    case .ended(let end, let answer, let agent):
      metrics?.recordEnd(end, of: agent)
      hooks.ended(end, answer: answer, agent: agent)
    case .used(let usage, let agent): metrics?.record(usage, of: agent)
    case .unanswered(let reason):
      outbox.outcomes.record(EventOutcome(reason, agent: turn.agent), of: turn.claim)
    case .startedOver:
      outbox.schedulePost(DispatchTexts.startedOver, to: turn.target, as: .notice(.startedOver, about: turn.claim))
    case .abandoned(let written):
      follow {
        await stream?.markStopped(at: written)
        finish(nil)
      }
    case .withdrawn(let deletion): withdraw(deletion)
    }
  }

  /// Posts nothing where people see that something was deleted. A user whose question was deleted with the thread of
  /// another user's post is told so in a direct message.
  private func withdraw(_ deletion: Deletion) {
    outbox.outcomes.record(.stopped(.deletion), of: turn.claim)
    switch deletion {
    case .answer: finish(nil)
    case .message(turn.target.question?.post): forget()
    // The message that was to be asked again.
    case .message(let post) where post != turn.target.root && post != turn.threadRoot: finish(nil)
    case .message(let root):
      forget()
      follow { await outbox.reportDeletedThread(root, toAskerOf: turn.target) }
    }
  }

  private func forget() {
    if let post = markedPost { reactions.forget(post) }
  }

  /// Runs the consequences of an event, one after another for this turn.
  private func follow(_ operation: @escaping @Sendable () async -> Void) {
    outbox.executor.schedule(for: "turn \(turn.claim)", operation)
  }

  private var metrics: GatewayMetrics? { outbox.outcomes.metrics }

  /// The post that has the emoji, if one does.
  private var markedPost: PostID? {
    switch turn.replyOptions?.reactions {
    case .progress, .all: turn.target.question?.post
    case .off, nil: nil
    }
  }
}

extension String {
  /// Returns the longer of two texts, the first of equals.
  fileprivate static func longer(_ one: String?, _ other: String?) -> String? {
    guard let one, let other else { return one ?? other }
    return other.unicodeScalars.count > one.unicodeScalars.count ? other : one
  }
}
