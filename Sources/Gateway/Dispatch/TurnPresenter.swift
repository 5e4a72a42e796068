import AgentSessions
import ConfigLoader
import Logging
import MattermostIO

/// How a turn speaks: what is shown while the agent writes, and what is said at the end.
struct TurnPresenter: Sendable {
  let poster: Outbox
  let turn: PendingTurn
  /// What a command that can be typed begins with.
  let prefix: String
  /// The posts in which the answer grows; `nil` if the rule does not have it grow.
  let growing: StreamingPost?
  private let reactions: Reactions
  /// Whether it is from before a restart.
  private let isResumed: Bool
  /// When the message was taken in, or again after a restart.
  private let start = ContinuousClock.now

  init(of turn: PendingTurn, by poster: Outbox, _ reactions: Reactions, prefix: String, isResumed: Bool) {
    self.turn = turn
    self.reactions = reactions
    self.poster = poster
    self.prefix = prefix
    self.isResumed = isResumed
    growing =
      turn.manners?.streams == true
      ? StreamingPost(of: turn.post, to: turn.target, by: poster, isResumed: isResumed) : nil
  }

  /// Says that an agent is going to be asked.
  func takenIn() async {
    if let post = marked { await reactions.takenIn(post) }
  }

  func accompany(_ answer: ResponseBuffer) async {
    async let typing: Void = poster.showTyping(in: turn.target)
    await growing?.follow(answer)
    await typing
  }

  /// Returns why there is no answer, below what people have seen of one.
  func explain(_ failure: AgentFailure, _ written: String?) async -> String {
    poster.outcomes.record(EventOutcome(failure), of: turn.post)
    let sentence = failure.sentence(prefix: prefix)
    // A gateway that was killed may have shown more than was written since.
    let shown = isResumed ? await growing?.shownBefore() : nil
    guard growing != nil, let text = String.longer(shown, written) else { return sentence }
    let isCut = failure.code == .leftUnfinished
    return MessageSplitter.closingFence(of: text) + "\n\n"
      + (isCut ? CommandTexts.cutByRestart(failure.agent, prefix: prefix) : sentence)
  }

  func deliver(_ reply: Reply) async -> Delivery {
    var reply = reply
    // An answer that the store did not take may be out all the same.
    reply.isResumed = reply.isResumed || isResumed
    if !reply.isFailure { reply.agent = reply.agent ?? turn.agent }
    let (delivery, posts) = await poster.deliver(reply, to: turn.target, in: .agent, growing: growing)
    switch delivery {
    case .posted:
      // Of a failure, the session has told why.
      if !reply.isFailure {
        poster.logger.notice(
          "answered",
          metadata: turn.logged([
            "took": .stringConvertible(ContinuousClock.now - start), "posts": .stringConvertible(posts),
          ]))
      }
      await over(reply.isFailure ? .failed : .answered)
    case .refused: await over(.failed)
    case .later, .deleted: break
    }
    return delivery
  }

  /// Reads what the agent has not heard that the message may be about.
  func context(_ wish: ContextRequest) async -> [ChatMessage] {
    await ContextReader(client: poster.client, bot: poster.bot, turn: turn, logger: poster.logger).read(wish)
  }

  /// Says that what was said before is not known any more.
  func beganAnew() async {
    await poster.say(CommandTexts.beganAnew, to: turn.target, answering: "\(turn.post)-anew")
  }

  func abandon(_ written: String?) async {
    await growing?.markStopped(at: written)
    await over(nil)
  }

  /// Records why it gets no reply of its own.
  func unanswered(_ reason: NoReplyReason) {
    poster.outcomes.record(EventOutcome(reason, agent: turn.agent), of: turn.post)
  }

  /// Says nothing where people see that something was deleted. Whose question went with the thread of somebody else's post
  /// hears so in private.
  func withdrawn(_ deletion: Deletion) async {
    poster.outcomes.record(.stopped(.deletion), of: turn.post)
    switch deletion {
    case .answer: await over(nil)
    case .message(turn.target.asked?.post): break
    // The message that was to be asked again.
    case .message(let post) where post != turn.target.root && post != turn.origin?.thread: await over(nil)
    case .message(let root): await poster.tellAsker(ofDeletedThread: root, turn.target)
    }
  }

  /// Says that nothing more is done; nil where people ended it, or nothing was begun.
  func over(_ end: Reactions.End?) async {
    if let post = marked { await reactions.over(post, end) }
  }

  /// The post that bears the emoji, where one does.
  private var marked: String? { turn.manners?.reacts == true ? turn.target.asked?.post : nil }
}

extension String {
  /// Returns the longer of two texts, the first of equals.
  fileprivate static func longer(_ one: String?, _ other: String?) -> String? {
    guard let one, let other else { return one ?? other }
    return other.unicodeScalars.count > one.unicodeScalars.count ? other : one
  }
}
