import AgentSessions
import Synchronization
import TestSupport

/// An agent that answers what a test says, when it says so.
final class ScriptedAgent: Agent {
  /// A question that waits for the test to answer it.
  struct Ask: Sendable {
    let request: AgentRequest
    private let parts: AsyncThrowingStream<ResponsePart, any Error>.Continuation
    private let ended: AsyncStream<Void>

    init(_ request: AgentRequest, _ parts: AsyncThrowingStream<ResponsePart, any Error>.Continuation) {
      self.request = request
      self.parts = parts
      let (ended, end) = AsyncStream<Void>.makeStream()
      self.ended = ended
      parts.onTermination = { _ in end.finish() }
    }

    func say(_ text: String) { parts.yield(.text(text)) }

    func hand(_ path: String) { parts.yield(.file(path)) }

    func finish(_ text: String, usage: TokenUsage? = nil) {
      parts.yield(.text(text))
      if let usage { parts.yield(.usage(usage)) }
      parts.finish()
    }

    func fail(_ error: any Error) { parts.finish(throwing: error) }

    /// Returns when nobody listens any more: what an agent's own work is ended by.
    func end() async { for await _ in ended {} }
  }

  let isIdempotent = true
  private let asks = AsyncQueue<Ask>()
  /// Whether it can be told more while it answers.
  let hears = Mutex(false)
  private let told = AsyncQueue<AgentRequest>()

  func answer(_ request: AgentRequest) -> AsyncThrowingStream<ResponsePart, any Error> {
    AsyncThrowingStream { parts in asks(Ask(request, parts)) }
  }

  func tell(_ more: AgentRequest) async -> Bool {
    guard hears.withLock({ $0 }) else { return false }
    told(more)
    return true
  }

  /// What it is told next while it answers.
  func nextTold() async throws -> AgentRequest { try await told.next("the agent to be told") }

  /// The next question; one test at a time may wait for it.
  func next() async throws -> Ask { try await asks.next("the agent to be asked") }
}
