import Agents
import Core
import Synchronization
import TestSupport

/// An agent that answers when and what a test says.
final class ScriptedAgent: Agent {
  /// A request that the test answers.
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

    /// Returns when the stream is not read any more, which ends an agent's work.
    func end() async { for await _ in ended {} }
  }

  let isIdempotent = true
  let concurrency: Int?
  private let asks = AsyncQueue<Ask>()
  /// True if it can be told more while it answers.
  let hears = Mutex(false)
  private let told = AsyncQueue<AgentRequest>()

  init(concurrency: Int? = nil) { self.concurrency = concurrency }

  func respond(to request: AgentRequest) -> ResponseStream {
    AsyncThrowingStream { parts in asks(Ask(request, parts)) }
  }

  func steer(with more: AgentRequest) async -> Bool {
    guard hears.withLock({ $0 }) else { return false }
    told(more)
    return true
  }

  /// Returns the next message that it is told while it answers.
  func nextTold() async throws -> AgentRequest { try await told.next("the agent to be told") }

  /// Returns the next request; one test at a time may wait for it.
  func next() async throws -> Ask { try await asks.next("the agent to be asked") }
}
