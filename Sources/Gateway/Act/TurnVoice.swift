import AgentSessions
import MattermostIO

/// How a turn speaks: what is shown while the agent writes, and what is said at the end.
struct TurnVoice: Sendable {
  let poster: Poster
  let turn: PendingTurn
  /// What a command that can be typed begins with.
  let prefix: String
  /// The post that grows, where the rule says so.
  let growing: GrowingPost?

  init(of turn: PendingTurn, by poster: Poster, prefix: String, isResumed: Bool) {
    self.turn = turn
    self.poster = poster
    self.prefix = prefix
    growing =
      turn.manners?.streams == true
      ? GrowingPost(of: turn.post, to: turn.target, by: poster, isResumed: isResumed) : nil
  }

  func accompany(_ answer: CollectedAnswer) async {
    async let typing: Void = poster.showTyping(in: turn.target)
    await growing?.follow(answer)
    await typing
  }

  /// Why there is no answer; below what was written where people have seen it being written.
  func explain(_ failure: AgentFailure, _ written: String?) -> String {
    let sentence = failure.sentence(prefix: prefix)
    guard growing != nil, let written else { return sentence }
    return MessageSplitter.closingFence(of: written) + "\n\n" + sentence
  }

  func deliver(_ reply: Reply) async -> Delivery {
    await poster.deliver(reply, to: turn.target, in: .agent, growing: growing)
  }

  func abandon(_ written: String?) async {
    await growing?.markStopped(at: written)
  }
}
