import Logging

/// Asks an agent again whose trouble may pass, as long as nothing of its answer has come: a second question then does no
/// harm, and nobody sees two beginnings.
struct PatientAgent: Agent {
  let isRepeatable: Bool
  private let agent: any Agent
  private let logger: Logger
  private let sleep: @Sendable (Duration) async throws -> Void

  /// Puts patience before an agent; one that may do more than answer gets none.
  init(
    _ agent: any Agent, logger: Logger,
    sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
  ) {
    self.agent = agent
    self.logger = logger
    self.sleep = sleep
    isRepeatable = agent.isRepeatable
  }

  func answer(_ request: AgentRequest) -> AsyncThrowingStream<AgentPart, any Error> {
    guard isRepeatable else { return agent.answer(request) }
    return AsyncThrowingStream { (parts: AsyncThrowingStream<AgentPart, any Error>.Continuation) in
      let task = Task {
        do {
          try await ask(request, to: parts)
          parts.finish()
        } catch {
          parts.finish(throwing: error)
        }
      }
      parts.onTermination = { _ in task.cancel() }
    }
  }

  func tell(_ more: AgentRequest) async -> Bool { await agent.tell(more) }

  private func ask(
    _ request: AgentRequest, to parts: AsyncThrowingStream<AgentPart, any Error>.Continuation
  ) async throws {
    var pauses = Limits.retryPauses[...]
    while true {
      var hasBegun = false
      do {
        for try await part in agent.answer(request) {
          switch part {
          case .usage, .alive: break
          case .text, .file, .cutShort: hasBegun = true
          }
          parts.yield(part)
        }
        return
      } catch let failure as AgentFailure {
        guard !hasBegun, failure.code.mayPass, let pause = pauses.popFirst() else { throw failure }
        logger.notice("asking again", metadata: ["reason": "\(failure)", "after": "\(pause)"])
        try await sleep(pause * .random(in: 0.5...1))
      }
    }
  }
}

extension AgentFailure.Code {
  /// Whether the same question may be answered a moment later.
  fileprivate var mayPass: Bool {
    switch self {
    case .rateLimited, .brokenEndpoint, .unreachable: true
    default: false
    }
  }
}
