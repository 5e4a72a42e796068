import Synchronization
import TestSupport

@testable import Agents

/// A backend whose responses a test controls.
final class ScriptedBackend: AgentBackend {
  /// A request that waits for the test.
  struct Call: Sendable {
    let request: AgentRequest
    private let response: ResponseWriter
    private let result: AsyncThrowingStream<Never, any Error>.Continuation
    private let ended: AsyncStream<Void>

    fileprivate init(
      _ request: AgentRequest, _ response: ResponseWriter,
      _ result: AsyncThrowingStream<Never, any Error>.Continuation
    ) {
      (self.request, self.response, self.result) = (request, response, result)
      let (ended, end) = AsyncStream<Void>.makeStream()
      self.ended = ended
      result.onTermination = { _ in end.finish() }
    }

    func write(_ part: ResponsePart) { response.write(part) }

    func keepAlive() { response.keepAlive() }

    func withoutIdleLimit(_ operation: () async -> Void) async { await response.withoutIdleLimit(operation) }

    func finish(_ text: String) {
      response.write(.text(text))
      result.finish()
    }

    func fail(_ error: any Error) { result.finish(throwing: error) }

    /// Returns when the request has ended or was cancelled.
    func end() async { for await _ in ended {} }
  }

  let isIdempotent: Bool
  let retries: Int
  let acceptsSteering = Mutex(false)
  private let calls = AsyncQueue<Call>()
  private let steered = AsyncQueue<AgentRequest>()

  init(isIdempotent: Bool = true, retries: Int = 0) {
    self.isIdempotent = isIdempotent
    self.retries = retries
  }

  func respond(to request: AgentRequest, into response: ResponseWriter) async throws {
    let (result, continuation) = AsyncThrowingStream<Never, any Error>.makeStream()
    calls(Call(request, response, continuation))
    for try await _ in result {}
    try Task.checkCancellation()
  }

  func probe() async -> AgentProbeResult? { nil }

  func steer(with message: AgentRequest) async -> Bool {
    guard acceptsSteering.withLock({ $0 }) else { return false }
    steered(message)
    return true
  }

  /// Waits for the next request; only one test task may do so at a time.
  func next() async throws -> Call { try await calls.next("a request") }

  func nextSteering() async throws -> AgentRequest { try await steered.next("a message to be added") }
}
