import Logging

/// Asks an agent once more, with less of what was said before, whose model cannot read all of it.
struct ShorteningAgent: WrappingAgent {
  let name: String
  let agent: any Agent
  let logger: Logger

  func answer(_ request: AgentRequest) -> AsyncThrowingStream<ResponsePart, any Error> {
    guard isIdempotent else { return agent.answer(request) }
    return .answer(of: name) { parts in
      var hasBegun = false
      do {
        for try await part in agent.answer(request) {
          if part.startsAnswer { hasBegun = true }
          parts.yield(part)
        }
      } catch let failure as AgentFailure where failure.code == .tooLong && !hasBegun {
        guard let shorter = request.shortened else {
          throw AgentFailure(.messageTooLong, agent: name, detail: failure.detail)
        }
        logger.notice(
          "asking again with a shorter history",
          metadata: [
            "reason": "\(failure)", "exchanges": "\(shorter.history.count) of \(request.history.count)",
          ])
        for try await part in agent.answer(shorter) { parts.yield(part) }
      }
    }
  }
}

extension AgentRequest {
  /// The same question with the newer half of what was said before, by its length; `nil` if nothing was. The question stays
  /// as it is.
  fileprivate var shortened: AgentRequest? {
    guard !history.isEmpty || !context.isEmpty else { return nil }
    var request = self
    request.history = history.newerHalf
    request.context = context.suffix(context.count / 2)
    return request
  }
}
