import Logging
import RuleEngine

extension Session {
  /// Asks a message of `request.user` in this conversation again, with the agent that it was for: the one that failed last
  /// if the user has asked nothing since being told so, else the last one, answered or not. One that is not over yet is
  /// asked again when it is. The new answer takes the old one's place in the history once it is delivered.
  ///
  /// `request` says the rest; its `message`, `files` and `speaker` are not used, its `agent` only if the old one is gone.
  ///
  /// - Throws: if the store cannot be read.
  package func retry(_ request: TurnRequest) async throws(StoreError) -> RetryReport {
    await settle()
    if let unfinished = unfinished(of: request.user) {
      var again = request
      again.repeat(unfinished.request)
      // What joined a turn of the same user is asked again with all of that.
      let own = current.flatMap { current in
        current.turn.request.user == request.user && current.joined.contains { $0.id == unfinished.id }
          ? current.turn : nil
      }
      let retried = [unfinished.request] + unfinished.retried + (own.map { [$0.request] } ?? [])
      return .asking(
        message: unfinished.request.message,
        await take(again, replacing: unfinished.replaces ?? own?.replaces, retrying: retried))
    }
    guard let past = try await store.lastExchange(of: request.user, session: key.text) else { return .nothingToRetry }
    return .asking(message: past.message, await take(await repeating(past, by: request), replacing: past.id))
  }

  /// Finds out what a turn repeats that is beginning now: the exchange that the message had become when it was over. One
  /// that joined another's turn has none of its own, and is asked as it was.
  func resolveRetry(_ turn: inout WaitingTurn) async throws(AgentFailure) {
    guard turn.retriesUnfinished else { return }
    let past: PastExchange?
    do throws(StoreError) {
      past = try await store.exchange(ofAny: turn.retried.map(\.post), or: turn.replaces, session: key.text)
    } catch {
      throw AgentFailure(.noStore, agent: turn.request.agent, detail: "\(error)")
    }
    if let past { turn.request = await repeating(past, by: turn.request) }
    turn.replaces = past?.id
    turn.retried = []
    current?.turn = turn
  }

  /// The last message of a user that waits or is being answered.
  private func unfinished(of user: String) -> WaitingTurn? {
    ((current.map { [$0.turn] + $0.joined } ?? []) + waiting).last { $0.request.user == user }
  }

  private func repeating(_ past: PastExchange, by request: TurnRequest) async -> TurnRequest {
    var again = request
    again.message = past.message
    again.more = past.more
    again.files = past.files
    again.speaker = past.speaker
    if await agent(past.agent) != nil { again.agent = past.agent }
    return again
  }
}

extension TurnRequest {
  /// Asks what another request asks.
  fileprivate mutating func `repeat`(_ other: TurnRequest) {
    message = other.message
    more = other.more
    files = other.files
    speaker = other.speaker
    agent = other.agent
  }
}
