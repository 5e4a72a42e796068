import Core
import Logging
import RuleEngine
import Tracing

/// Runs a backend within the limits that the rules file sets for its agent.
///
/// 1. The history is cut to the agent's `history`.
/// 2. The request waits while `concurrency` others are being worked on.
/// 3. The agent's `timeout` starts; it covers all attempts.
/// 4. An attempt fails if nothing comes for `first_byte`, or for `idle` after that.
/// 5. If the model cannot read all of it, a second request has half of the history.
/// 6. While people have seen nothing of the response and the failure is temporary, another attempt follows after a
///    pause.
///
/// Steps 5 and 6 apply to idempotent backends only.
struct AgentRunner: Agent {
  private let name: String
  private let backend: any AgentBackend
  private let limits: AgentLimits
  private let semaphore: AsyncSemaphore
  private let tasks: TaskOwner
  private let clock: any Clock<Duration>
  private let logger: Logger

  /// Creates a runner.
  ///
  /// - Parameters:
  ///   - semaphore: shared by all agents that have had this name, so that `limits.concurrency` holds across rule
  ///     changes.
  ///   - tasks: owns the tasks that work on requests.
  init(
    name: String, backend: any AgentBackend, limits: AgentLimits, semaphore: AsyncSemaphore,
    tasks: TaskOwner, clock: any Clock<Duration> = PreferredClock(), logger: Logger
  ) {
    self.name = name
    self.backend = backend
    self.limits = limits
    self.semaphore = semaphore
    self.tasks = tasks
    self.clock = clock
    self.logger = logger
  }

  var isIdempotent: Bool { backend.isIdempotent }

  var concurrency: Int? { limits.concurrency }

  func respond(to request: AgentRequest) -> ResponseStream {
    ResponseStream { parts in
      // Files are read from the disk.
      let mayBlock = backend.mayBlock || !request.allFiles.isEmpty
      let cancel = tasks.run(on: mayBlock ? nil : Task.preferredExecutor) {
        do {
          try await respond(to: request, parts)
          parts.finish()
        } catch {
          parts.finish(throwing: AgentFailure(error, agent: name))
        }
      }
      // A consumer that ends, and a limit that is exceeded, both terminate the stream.
      parts.onTermination = { _ in cancel() }
    }
  }

  func steer(with message: AgentRequest) async -> Bool { await backend.steer(with: message) }

  func controls(in conversation: String) async -> AgentControls? { await backend.controls(in: conversation) }

  func select(
    _ id: String, for kind: AgentControls.Kind, in conversation: String
  ) async -> SelectionResult {
    await backend.select(id, for: kind, in: conversation)
  }

  private func respond(to request: AgentRequest, _ parts: ResponseStream.Continuation) async throws {
    var request = request
    request.history = request.history.newest(within: limits.historyTokens)
    try await semaphore.withPermit(limit: limits.concurrency ?? .max) {
      let response = ResponseWriter(agent: name, limits: limits, parts: parts, clock: clock)
      async let _: Void = response.watch()
      try await attempts(request, response)
    }
  }

  private func attempts(_ request: AgentRequest, _ response: ResponseWriter) async throws {
    var retriesLeft = isIdempotent ? backend.retries : 0
    var pause = Limits.retryPauseFirst
    while true {
      do {
        return try await attempt(request, response)
      } catch let failure as AgentFailure {
        try Task.checkCancellation()
        // People do not wait as long as some endpoints ask for.
        guard !response.hasBegun, retriesLeft > 0, failure.code.isTemporary,
          failure.retryAfter ?? .zero <= Limits.retryPauseMax
        else { throw failure }
        let delay = failure.retryAfter ?? pause * .random(in: 0.5...1)
        logger.notice(
          "asking again",
          metadata: request.origin.logged.merging([
            "agent": "\(name)", "reason": "\(failure)", "after": .stringConvertible(delay),
          ]) { $1 })
        try await clock.sleep(for: delay)
        retriesLeft -= 1
        pause = min(pause * Limits.retryPauseGrowth, Limits.retryPauseMax)
      }
    }
  }

  /// Asks the backend, and once more with a shorter history if the model cannot read all of it.
  private func attempt(_ request: AgentRequest, _ response: ResponseWriter) async throws {
    do {
      try await ask(request, response)
    } catch let failure as AgentFailure where failure.code == .tooLong && isIdempotent && !response.hasBegun {
      guard let shorter = request.shortened else {
        throw AgentFailure(.messageTooLong, agent: name, detail: failure.detail)
      }
      logger.notice(
        "asking again with a shorter history",
        metadata: [
          "reason": "\(failure)", "exchanges": "\(shorter.history.count) of \(request.history.count)",
        ])
      try await ask(shorter, response)
    }
  }

  private func ask(_ request: AgentRequest, _ response: ResponseWriter) async throws {
    response.beginAttempt()
    defer { response.endAttempt() }
    let span = Span.current?.attempt(of: name, asking: backend.model)
    defer { span?.end() }
    do {
      try await Span.$current.withValue(span) { try await backend.respond(to: request, into: response) }
    } catch {
      let failure = AgentFailure(error, agent: name)
      span?.fail(error, failure)
      throw failure
    }
  }
}

extension AgentFailure.Code {
  /// True if the same request may succeed a moment later.
  fileprivate var isTemporary: Bool {
    switch self {
    case .rateLimited, .brokenEndpoint, .unreachable, .noDescriptors: true
    default: false
    }
  }
}
