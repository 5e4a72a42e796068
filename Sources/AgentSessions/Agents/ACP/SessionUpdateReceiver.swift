import Core
import Synchronization

/// Hears what an agent tells of the turn that is under way; what it tells outside of turns, as while it loads a session, is
/// passed over.
final class SessionUpdateReceiver: Sendable {
  private struct Turn {
    var answer: SessionUpdateReader
    let session: String
    let parts: AsyncThrowingStream<ResponsePart, any Error>.Continuation
  }

  private let turn = Mutex<Turn?>(nil)
  /// What sessions offer: agents announce it whenever they like.
  private let offers = Mutex<[String: ACPControls]>([:])

  /// Begins to hear a turn's answer.
  ///
  /// - Parameter folder: where files are kept that come with it.
  func begin(
    in session: String, _ parts: AsyncThrowingStream<ResponsePart, any Error>.Continuation, folder: SessionFolder
  ) {
    turn.withLock { $0 = Turn(answer: SessionUpdateReader(folder: folder), session: session, parts: parts) }
  }

  func goOn() { turn.withLock { $0?.answer.goOn() } }

  func end() { turn.withLock { $0 = nil } }

  /// Hears a notice. It is handed on under the lock, or what comes later could overtake it.
  func hear(_ method: String, _ params: JSON) {
    guard method == "session/update", let update = params["update"] else { return }
    if let session = params["sessionId"]?.string { changeOffer(of: session) { _ = $0.take(update: update) } }
    turn.withLock { turn in
      guard params["sessionId"]?.string == turn?.session else { return }
      for part in turn?.answer.take(update) ?? [] { turn?.parts.yield(part) }
    }
  }

  /// Returns what a session offers.
  func offer(of session: String) -> ACPControls { offers.withLock { $0[session] ?? ACPControls() } }

  /// Changes what a session offers. Of a program's sessions, the latest few count: it is run for one conversation.
  func changeOffer(of session: String, _ change: (inout ACPControls) -> Void) {
    offers.withLock { offers in
      var offer = offers[session] ?? ACPControls()
      change(&offer)
      guard offer != ACPControls() else { return }
      if offers[session] == nil, offers.count >= Limits.acpOfferingSessionsMax { offers = [:] }
      offers[session] = offer
    }
  }

  /// Returns what is known of the tool call that a request in a session is about.
  ///
  /// - Returns: `nil` if the session is not the turn's; `nil` inside as `ACPToolCalls.call` says.
  func call(of request: JSON, in session: String?) -> ToolCall?? {
    turn.withLock { turn in
      guard let turn, turn.session == session else { return nil }
      return .some(turn.answer.calls.call(of: request))
    }
  }

  /// Waits for people: that they think is no silence of the agent.
  func staysAlive<Value: Sendable>(_ waiting: () async -> Value) async -> Value {
    let beats = Task {
      while !Task.isCancelled {
        turn.withLock { _ = $0?.parts.yield(.alive) }
        try? await Task.sleep(for: Limits.acpBeat)
      }
    }
    defer { beats.cancel() }
    return await waiting()
  }
}
