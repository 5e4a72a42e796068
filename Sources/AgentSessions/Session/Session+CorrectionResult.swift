import Logging

/// What came of a message that its author has corrected.
package enum CorrectionResult: Sendable, Equatable {
  /// It waits in its place with its new words.
  case corrected
  /// It waits no more, and is to be taken in anew.
  case dropped
  /// It did not wait: it is being answered, or it was.
  case tooLate
}

extension Session {
  /// Puts a corrected message in the place of what it was, while it waits.
  ///
  /// - Parameter request: the message as it is now, or nil where it is not for this session any more. One for another agent
  ///   has no place either.
  package func correct(_ post: String, to request: TurnRequest?) async -> CorrectionResult {
    guard let place = waiting.firstIndex(where: { $0.request.post == post }) else { return .tooLate }
    let turn = waiting[place]
    if let telling = tellings[turn.id] {
      await telling.value
      return await correct(post, to: request)
    }
    // What is only to be delivered is answered.
    guard turn.reply == nil else { return .tooLate }
    guard let request, request.agent == turn.request.agent, turn.replaces == nil, !turn.retriesUnfinished else {
      waiting.remove(at: place)
      startNext()
      await correct { () throws(StoreError) in try await store.reopen(post) }
      return .dropped
    }
    waiting[place].request = request
    waiting[place].hooksSaid = nil
    await correct { () throws(StoreError) in try await store.correct(post, payload: request.payload) }
    return .corrected
  }

  /// Writes a correction down. Where that fails, a restart brings the message back as it was: loud, not fatal.
  private func correct(_ write: () async throws(StoreError) -> Void) async {
    do throws(StoreError) {
      try await write()
    } catch {
      logger.error("correction not kept", metadata: ["session": "\(key)", "reason": "\(error)"])
    }
  }
}
