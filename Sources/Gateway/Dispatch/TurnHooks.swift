import ConfigLoader
import Core
import Hooks
import Sessions

/// The hooks around one turn.
struct TurnHooks: Sendable {
  let runner: HookRunner
  let turn: PendingTurn
  let session: SessionKey
  let outcomes: OutcomeLog

  /// Asks the hooks of `agent:start`. Returns the text to post instead of an answer, or `nil` if the agent may be
  /// asked.
  func refusal(of message: String, to agent: String) async -> String? {
    guard runner.hasHooks(for: "agent:start") else { return nil }
    let event = HookEvent(
      .agentStart, session: session.text, user: turn.user,
      [
        "post_id": .string(turn.post.rawValue), "channel_id": .string(turn.target.channel.rawValue),
        "user_name": .string(turn.userName), "agent": .string(agent), "message": .string(message),
      ])
    guard let refusal = await runner.firstRefusal(of: event) else { return nil }
    outcomes.record(.cancelled(hook: refusal.hook), of: turn.claim)
    return DispatchTexts.hookRefused(refusal.reason)
  }

  /// Tells the hooks of `agent:end`.
  func ended(_ end: TurnEnd, answer: String?, agent: String) {
    runner.notify(
      HookEvent(
        .agentEnd, session: session.text, user: turn.user,
        [
          "post_id": .string(turn.post.rawValue), "channel_id": .string(turn.target.channel.rawValue),
          "agent": .string(agent), "outcome": .string(end.rawValue), "answer": answer.map { .string($0) } ?? .null,
        ]))
  }
}

extension HookEvent {
  /// An event of a conversation as a whole.
  init(_ change: SessionChange, of session: SessionKey, by user: UserID?) {
    let name: HookEventKind =
      switch change {
      case .began: .sessionStart
      case .ended: .sessionEnd
      case .reset: .sessionReset
      }
    self.init(name, session: session.text, user: user)
  }
}
