import Logging

/// Asks an agent again whose trouble may pass, as long as nothing of its answer has come: a second question then does no
/// harm, and nobody sees two beginnings.
struct PatientAgent: WrappingAgent {
  let agent: any Agent
  private let name: String
  private let retries: Int
  private let logger: Logger
  private let sleep: @Sendable (Duration) async throws -> Void

  /// Puts patience before an agent, for so many questions more; one that may do more than answer gets none.
  init(
    name: String, agent: any Agent, retries: Int, logger: Logger,
    sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
  ) {
    self.name = name
    self.agent = agent
    self.retries = retries
    self.logger = logger
    self.sleep = sleep
  }

  func answer(_ request: AgentRequest) -> AsyncThrowingStream<ResponsePart, any Error> {
    guard isIdempotent else { return agent.answer(request) }
    return .answer(of: name) { parts in
      var left = retries
      var pause = Limits.retryPauseFirst
      while true {
        var hasBegun = false
        do {
          for try await part in agent.answer(request) {
            if part.startsAnswer { hasBegun = true }
            parts.yield(part)
          }
          return
        } catch let failure as AgentFailure {
          // Whoever asks does not wait as long as some endpoints want.
          guard !hasBegun, left > 0, failure.code.mayPass, failure.retryAfter ?? .zero <= Limits.retryPauseMax else {
            throw failure
          }
          let wait = failure.retryAfter ?? pause * .random(in: 0.5...1)
          logger.notice(
            "asking again",
            metadata: request.origin.logged.merging([
              "agent": "\(name)", "reason": "\(failure)", "after": .stringConvertible(wait),
            ]) { $1 })
          try await sleep(wait)
          left -= 1
          pause = min(pause * Limits.retryPauseGrowth, Limits.retryPauseMax)
        }
      }
    }
  }
}

extension ResponsePart {
  /// Whether it is something of the answer, of which there must be no second beginning.
  var startsAnswer: Bool {
    switch self {
    case .text, .retracted, .file, .truncated, .step, .plan, .diff, .note: true
    case .alive, .usage, .thought: false
    }
  }
}

extension AgentFailure.Code {
  /// Whether the same question may be answered a moment later.
  fileprivate var mayPass: Bool {
    switch self {
    case .rateLimited, .brokenEndpoint, .unreachable, .noDescriptors: true
    default: false
    }
  }
}
