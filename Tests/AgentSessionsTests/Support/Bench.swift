import AgentSessions
import Foundation
import Logging
import RuleEngine
import Synchronization
import TestSupport

/// A store in a folder of its own, a registry with a scripted agent on it, and what was delivered.
struct Bench {
  let folder: TemporaryFolder
  let store: SessionStore
  let agent = ScriptedAgent()
  let registry: SessionRegistry
  let outbox = DeliveredReplies()
  let clock = TestClock()

  init(_ folder: TemporaryFolder? = nil) throws {
    self.folder = try folder ?? TemporaryFolder()
    store = try SessionStore(path: self.folder.path("edgecrab.sqlite"), logger: .silent)
    let clock = clock
    registry = SessionRegistry(
      store: store, folders: self.folder.path("sessions"), agents: ["scripted": agent, "echo": EchoAgent()],
      now: { clock.now }, logger: .silent)
  }

  func request(
    _ post: String, _ message: String = "hello", user: String = "u-alice", agent: String = "scripted",
    session: SessionPolicy = SessionPolicy(), busy: BusyPolicy = BusyPolicy(), deliver: Deliver? = nil
  ) -> TurnRequest {
    let outbox = outbox
    return TurnRequest(
      post: post, user: user, speaker: String(user.dropFirst(2)), message: message, agent: agent, session: session,
      busy: busy, payload: "payload of \(post)",
      explain: { failure, _ in "failed: \(failure.code)" },
      deliver: deliver ?? { reply in
        await outbox.add(reply)
        return .posted
      })
  }

  /// A request whose delivery takes until the gate is open.
  func request(_ post: String, _ message: String, deliveredWhen gate: Gate) -> TurnRequest {
    let outbox = outbox
    return request(post, message) { reply in
      await outbox.add(reply)
      await gate.wait()
      return .posted
    }
  }

  /// Asks, answers, and waits for the delivery.
  @discardableResult
  func exchange(
    _ session: Session, _ post: String, _ message: String, answer: String, user: String = "u-alice",
    policy: SessionPolicy = SessionPolicy(), usage: TokenUsage? = nil
  ) async throws -> AgentRequest {
    let count = await outbox.replies.count
    _ = await session.submit(request(post, message, user: user, session: policy))
    let ask = try await agent.next()
    ask.finish(answer, usage: usage)
    try await outbox.reaches(count + 1)
    try await session.idle()
    return ask.request
  }
}

/// A clock that a test moves.
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
}

/// A condition that a test waits for.
final class Gate: Sendable {
  private let (stream, continuation) = AsyncStream<Void>.makeStream()

  func open() { continuation.finish() }

  /// Returns once the gate is open, or the waiting task is cancelled.
  func wait() async { for await _ in stream {} }
}
