import Agents
import Core
import Foundation
import Logging
import RuleEngine
import Sessions
import Synchronization
import TestSupport

/// A store in its own folder, a registry with a scripted agent on it, and what was delivered.
struct Fixture {
  let data: TestStore
  let agent = ScriptedAgent()
  let registry: SessionRegistry
  let delivered = DeliveredReplies()
  let clock = TestClock()

  var folder: TemporaryFolder { data.folder }
  var store: any SessionStore { data.store }

  init(_ folder: TemporaryFolder? = nil) async throws {
    data = try await TestStore(folder ?? TemporaryFolder())
    let clock = clock
    registry = SessionRegistry(
      store: data.store, folders: data.folder.path("sessions"), agents: ["scripted": agent, "echo": EchoAgent()],
      progress: DelayQueue(delay: .zero), now: { clock.now }, logger: .silent)
  }

  func request(
    _ claim: String, _ message: String = "hello", user: String = "u-alice", agent: String = "scripted",
    session: SessionPolicy = SessionPolicy(), busy: BusyPolicy = BusyPolicy(),
    deliver: (@Sendable (Reply) async -> Delivery)? = nil
  ) -> TurnRequest {
    let delivered = delivered
    return TurnRequest(
      claim: Claim(text: claim), user: UserID(user), speaker: String(user.dropFirst(2)), message: message, agent: agent,
      session: session, busy: busy, location: ReplyLocation(channel: "c"), payload: "payload of \(claim)",
      delegate: ScriptedDelegate(
        deliver: deliver ?? { reply in
          await delivered.append(reply)
          return .posted(thread: nil)
        }))
  }

  /// A request whose delivery takes until the gate is open.
  func request(_ claim: String, _ message: String, deliveredWhen gate: Gate) -> TurnRequest {
    let delivered = delivered
    return request(claim, message) { reply in
      await delivered.append(reply)
      await gate.wait()
      return .posted(thread: nil)
    }
  }

  /// Asks, answers, and waits for the delivery.
  @discardableResult
  func exchange(
    _ session: Session, _ claim: String, _ message: String, answer: String, user: String = "u-alice",
    policy: SessionPolicy = SessionPolicy(), usage: TokenUsage? = nil
  ) async throws -> AgentRequest {
    let count = await delivered.replies.count
    _ = await session.submit(request(claim, message, user: user, session: policy))
    let ask = try await agent.next()
    ask.finish(answer, usage: usage)
    try await delivered.reaches(count + 1)
    try await session.idle()
    return ask.request
  }
}

/// A delegate that delivers, and answers the session's questions, as a test says.
struct ScriptedDelegate: TurnDelegate {
  var deliver: @Sendable (Reply) async -> Delivery
  var context: @Sendable (ContextRequest) async -> [ChatMessage] = { _ in [] }
  var refusal: @Sendable (String) async -> String? = { _ in nil }
  var fetch: (@Sendable (AttachedFile, SessionFolder) throws -> String)?

  func deliver(_ reply: Reply) async -> Delivery { await deliver(reply) }

  func context(_ request: ContextRequest) async -> [ChatMessage] { await context(request) }

  func refusal(of message: String, to agent: String) async -> String? { await refusal(message) }

  func explanation(of failure: AgentFailure, after written: String?) async -> String { "failed: \(failure.code)" }

  func fetch(_ file: AttachedFile, into folder: SessionFolder) async throws(AttachmentFailure) -> String {
    do {
      if let path = try fetch?(file, folder) { return path }
    } catch {}
    throw AttachmentFailure(.notWritten, file: file.name)
  }
}

extension TurnRequest {
  /// The same request with another behavior of its delegate.
  func with(_ change: (inout ScriptedDelegate) -> Void) -> TurnRequest {
    guard var delegate = delegate as? ScriptedDelegate else { return self }
    change(&delegate)
    var request = self
    request.delegate = delegate
    return request
  }
}

/// A clock that a test advances.
final class TestClock: Sendable {
  private let time = Mutex(Date(timeIntervalSince1970: 1_700_000_000))

  var now: Date { time.withLock { $0 } }

  func advance(seconds: Double) { time.withLock { $0 += seconds } }
}

extension Session {
  /// Returns once nothing runs or waits.
  func idle() async throws {
    try await wait(for: "the session to be idle") {
      let status = try await status()
      return status.running == nil && status.waiting == 0
    }
  }

  /// Returns the position of a message in the queue, or `nil` if it does not wait.
  func position(of claim: Claim) -> Int? { positions(of: [claim])[claim] }
}

/// A condition that a test waits for.
final class Gate: Sendable {
  private let (stream, continuation) = AsyncStream<Void>.makeStream()

  func open() { continuation.finish() }

  /// Returns once the gate is open, or the waiting task is cancelled.
  func wait() async { for await _ in stream {} }
}

/// The replies that were delivered, in order.
actor DeliveredReplies {
  private(set) var replies: [Reply] = []

  var texts: [String] { replies.map(\.text) }

  func append(_ reply: Reply) { replies.append(reply) }

  /// Returns once `count` replies were delivered.
  func reaches(_ count: Int) async throws {
    try await wait(for: "\(count) deliveries; there were \(texts)") { replies.count >= count }
  }
}
