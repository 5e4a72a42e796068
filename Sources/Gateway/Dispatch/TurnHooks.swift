import AgentSessions
import ConfigLoader
import Core
import Hooks

/// The hooks around one turn.
struct TurnHooks: Sendable {
  let runner: HookRunner
  let turn: PendingTurn
  let session: SessionKey
  let outcomes: OutcomeLog

  /// What is said instead of an answer where a hook lets nobody be asked.
  func mayBegin(_ message: String, _ agent: String) async -> String? {
    guard await runner.hasHooks(for: "agent:start") else { return nil }
    let event = HookEvent(
      .agentStart, session: session.text, user: turn.user,
      [
        "post_id": .string(turn.origin?.post ?? turn.post), "channel_id": .string(turn.target.channel),
        "user_name": .string(turn.userName),
        "agent": .string(agent), "message": .string(message),
      ])
    guard let refusal = await runner.mayGoOn(event) else { return nil }
    outcomes.record(.cancelled(hook: refusal.hook), of: turn.post)
    return CommandTexts.hookSaidNo(refusal.reason)
  }

  func over(_ end: TurnEnd, _ answer: String?, _ agent: String) {
    runner.note(
      HookEvent(
        .agentEnd, session: session.text, user: turn.user,
        [
          "post_id": .string(turn.origin?.post ?? turn.post), "channel_id": .string(turn.target.channel),
          "agent": .string(agent),
          "outcome": .string(end.rawValue), "answer": answer.map { .string($0) } ?? .null,
        ]))
  }
}

extension HookEvent {
  /// What happens to a conversation as a whole.
  init(_ change: SessionChange, of session: SessionKey, by user: String) {
    let name: HookEventName =
      switch change {
      case .began: .sessionStart
      case .ended: .sessionEnd
      case .reset: .sessionReset
      }
    self.init(name, session: session.text, user: user)
  }
}
