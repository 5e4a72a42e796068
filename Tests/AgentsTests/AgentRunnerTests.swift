import Core
import Logging
import RuleEngine
import Synchronization
import TestSupport
import Testing

@testable import Agents

/// Requests within an agent's limits. The tests advance the clock.
@Suite(.timeLimit(.minutes(1)))
struct AgentRunnerTests {
  private let clock = ManualClock()
  private let semaphore = AsyncSemaphore(limit: .max)
  private let tasks = TaskOwner()
  private let request = AgentRequest(message: "hello", speaker: "alice", sessionID: "s")

  /// Longer than any pause; only the limits of a test itself are shorter.
  private static let noTimeout = 100_000

  private func runner(
    _ backend: any AgentBackend, firstByte: Int? = nil, idle: Int? = nil, timeout: Int = noTimeout,
    concurrency: Int? = nil, logger: Logger = .silent
  ) -> AgentRunner {
    AgentRunner(
      name: "one", backend: backend,
      limits: AgentLimits(
        firstByteSeconds: firstByte, idleSeconds: idle, timeoutSeconds: timeout, concurrency: concurrency),
      semaphore: semaphore, tasks: tasks, clock: clock, logger: logger)
  }

  private func start(_ runner: AgentRunner, _ message: String = "hello") -> Task<[ResponsePart], any Error> {
    var request = request
    request.message = message
    return Task { [request] in try await runner.respond(to: request).parts() }
  }

  private func failure(_ task: Task<[ResponsePart], any Error>) async throws -> AgentFailure {
    try #require(await #expect(throws: AgentFailure.self) { try await task.value })
  }

  /// Returns the next pause before a retry: the sleeps of limits are longer.
  private func nextPause() async throws -> Duration {
    while let length = await clock.nextSleep() {
      if length < .seconds(Self.noTimeout / 2) { return length }
    }
    throw TestFailure("no pause")
  }

  private func broken(_ code: AgentFailure.Code = .brokenEndpoint, retryAfter: Duration? = nil) -> AgentFailure {
    AgentFailure(code, agent: "one", retryAfter: retryAfter)
  }

  // MARK: Retries

  @Test func `a temporary failure is retried, and the response of the second attempt is complete`() async throws {
    let backend = ScriptedBackend(retries: 2)
    let task = start(runner(backend))
    for code in [AgentFailure.Code.rateLimited, .unreachable] {
      let call = try await backend.next()
      call.keepAlive()
      call.fail(broken(code))
      clock.advance(by: try await nextPause())
    }
    try await backend.next().finish("hi")
    #expect(try await task.value == [.text("hi")])
  }

  @Test func `pauses between attempts grow to a limit, and are randomized`() async throws {
    let backend = ScriptedBackend(retries: 5)
    let task = start(runner(backend))
    for longest in [1, 4, 16, 60, 60] {
      try await backend.next().fail(broken())
      let pause = try await nextPause()
      #expect(pause <= .seconds(longest) && pause >= .seconds(longest) / 2)
      clock.advance(by: pause)
    }
    try await backend.next().fail(broken())
    #expect(try await failure(task).code == .brokenEndpoint)
  }

  @Test func `an endpoint's own delay replaces the pause`() async throws {
    let backend = ScriptedBackend(retries: 2)
    let task = start(runner(backend))
    try await backend.next().fail(broken(.rateLimited, retryAfter: .seconds(7)))
    #expect(try await nextPause() == .seconds(7))
    clock.advance(by: .seconds(7))
    try await backend.next().fail(broken(.rateLimited, retryAfter: .zero))
    try await backend.next().finish("hi")
    #expect(try await task.value == [.text("hi")])
  }

  @Test(
    arguments: [
      (AgentFailure(.unauthorized, agent: "one"), true, nil), (AgentFailure(.silent, agent: "one"), true, nil),
      (AgentFailure(.rateLimited, agent: "one", retryAfter: .seconds(61)), true, nil),
      (AgentFailure(.unreachable, agent: "one"), false, nil),
      (AgentFailure(.brokenEndpoint, agent: "one"), true, .text("h")),
      (AgentFailure(.brokenEndpoint, agent: "one"), true, .file("f")),
    ] as [(AgentFailure, Bool, ResponsePart?)])
  func `there is no retry if it is no use, may do harm, takes too long or would repeat a beginning`(
    failure: AgentFailure, isIdempotent: Bool, part: ResponsePart?
  ) async throws {
    let backend = ScriptedBackend(isIdempotent: isIdempotent, retries: 2)
    let task = start(runner(backend))
    let call = try await backend.next()
    if let part { call.write(part) }
    call.fail(failure)
    #expect(try await self.failure(task) == failure)
  }

  @Test(arguments: [ResponsePart.usage(TokenUsage()), .thought("hm")])
  func `parts that people do not see do not prevent a retry`(part: ResponsePart) async throws {
    let backend = ScriptedBackend(retries: 1)
    let task = start(runner(backend))
    let call = try await backend.next()
    call.write(part)
    call.fail(broken())
    clock.advance(by: try await nextPause())
    try await backend.next().finish("hi")
    #expect(try await task.value == [part, .text("hi")])
  }

  @Test func `no more attempts than the rules file allows are made`() async throws {
    for retries in [0, 2] {
      let backend = ScriptedBackend(retries: retries)
      let task = start(runner(backend))
      for _ in 0..<retries {
        try await backend.next().fail(broken())
        clock.advance(by: try await nextPause())
      }
      try await backend.next().fail(broken())
      #expect(try await failure(task).code == .brokenEndpoint)
    }
  }

  @Test func `a request that is cancelled is not retried, whatever its backend then throws`() async throws {
    let log = KeptLog()
    let backend = BackendBrokenByCancellation()
    let task = start(runner(backend, logger: log.logger))
    try await backend.requests.next("a request")
    await tasks.close()
    #expect(log.lines.isEmpty)
    #expect(try await failure(task).code == .other)
  }

  // MARK: Time

  @Test func `an agent that does not begin within its first_byte is cancelled`() async throws {
    let backend = ScriptedBackend()
    let task = start(runner(backend, firstByte: 5))
    let call = try await backend.next()
    #expect(await clock.nextSleep() == .seconds(5))
    clock.advance(by: .seconds(5))
    let failure = try await failure(task)
    #expect(failure.code == .silent && failure.detail == "no sign for 5 s")
    await call.end()
  }

  @Test func `an agent that begins and then falls silent for its idle is cancelled`() async throws {
    let backend = ScriptedBackend()
    let task = start(runner(backend, firstByte: 5, idle: 3))
    let call = try await backend.next()
    #expect(await clock.nextSleep() == .seconds(3))
    clock.advance(by: .seconds(2))
    call.write(.text("a"))
    clock.advance(by: .seconds(1))
    #expect(await clock.nextSleep() == .seconds(2))
    clock.advance(by: .seconds(2))
    let failure = try await failure(task)
    #expect(failure.code == .silent && failure.detail == "no sign for 3 s")
    await call.end()
  }

  @Test func `an agent that shows that it is at work is not silent`() async throws {
    let backend = ScriptedBackend()
    let task = start(runner(backend, idle: 2))
    let call = try await backend.next()
    call.keepAlive()
    _ = await clock.nextSleep()
    clock.advance(by: .seconds(1))
    call.keepAlive()
    for _ in 0..<5 {
      clock.advance(by: .seconds(1))
      _ = await clock.nextSleep()
      call.keepAlive()
    }
    call.finish("hi")
    #expect(try await task.value == [.text("hi")])
  }

  @Test func `an agent that waits for people is not silent, and has its whole idle after that`() async throws {
    let backend = ScriptedBackend()
    let task = start(runner(backend, idle: 2))
    let call = try await backend.next()
    call.keepAlive()
    await call.withoutIdleLimit {
      _ = await clock.nextSleep()
      clock.advance(by: .seconds(600))
    }
    #expect(await clock.nextSleep() == .seconds(2))
    clock.advance(by: .seconds(1))
    call.finish("hi")
    #expect(try await task.value == [.text("hi")])
  }

  @Test func `a response that is not complete within the timeout fails, whatever came of it`() async throws {
    let backend = ScriptedBackend()
    let task = start(runner(backend, idle: 3, timeout: 4))
    let call = try await backend.next()
    call.write(.text("a"))
    #expect(await clock.nextSleep() == .seconds(3))
    clock.advance(by: .seconds(2))
    call.write(.text("b"))
    clock.advance(by: .seconds(1))
    #expect(await clock.nextSleep() == .seconds(1))
    clock.advance(by: .seconds(1))
    #expect(try await failure(task).code == .tookTooLong)
    await call.end()
  }

  @Test func `the timeout covers all attempts`() async throws {
    let backend = ScriptedBackend(retries: 1)
    let task = start(runner(backend, timeout: 60))
    #expect(await clock.nextSleep() == .seconds(60))
    try await backend.next().fail(broken(retryAfter: .seconds(30)))
    #expect(await clock.nextSleep() == .seconds(30))
    clock.advance(by: .seconds(30))
    let call = try await backend.next()
    clock.advance(by: .seconds(30))
    #expect(try await failure(task).code == .tookTooLong)
    await call.end()
  }

  @Test func `the time that a request waits for others does not count`() async throws {
    let backend = ScriptedBackend()
    let first = start(runner(backend, concurrency: 1), "a")
    let call = try await backend.next()
    let second = start(runner(backend, timeout: 1, concurrency: 1), "b")
    try await wait(for: "the second request to wait") { semaphore.waiterCount == 1 }
    clock.advance(by: .seconds(10))
    call.finish("ok")
    #expect(try await first.value == [.text("ok")])
    try await backend.next().finish("ok")
    #expect(try await second.value == [.text("ok")])
  }

  // MARK: Concurrency

  @Test func `requests beyond the concurrency wait and run in their order`() async throws {
    let backend = ScriptedBackend()
    let runner = runner(backend, concurrency: 1)
    let first = start(runner, "a")
    let call = try await backend.next()
    var waiting: [Task<[ResponsePart], any Error>] = []
    for message in ["b", "c"] {
      waiting.append(start(runner, message))
      try await wait(for: "\(message) to wait") { semaphore.waiterCount == waiting.count }
    }
    call.finish("a")
    #expect(try await first.value == [.text("a")])
    for (message, task) in zip(["b", "c"], waiting) {
      let call = try await backend.next()
      #expect(call.request.message == message)
      call.finish(message)
      #expect(try await task.value == [.text(message)])
    }
  }

  @Test func `a request that is cancelled or fails makes room for the next one`() async throws {
    let backend = ScriptedBackend()
    let runner = runner(backend, concurrency: 1)
    let first = start(runner, "a")
    let call = try await backend.next()
    let cancelled = start(runner, "b")
    try await wait(for: "b to wait") { semaphore.waiterCount == 1 }
    let third = start(runner, "c")
    try await wait(for: "c to wait") { semaphore.waiterCount == 2 }
    cancelled.cancel()
    _ = await cancelled.result
    try await wait(for: "b to be gone") { semaphore.waiterCount == 1 }
    call.fail(broken(.empty))
    #expect(try await failure(first).code == .empty)
    let last = try await backend.next()
    #expect(last.request.message == "c")
    third.cancel()
    await last.end()
    _ = await third.result
  }

  @Test func `the concurrency of newer rules holds for requests that come after them`() async throws {
    let backend = ScriptedBackend()
    let first = start(runner(backend), "a")
    _ = try await backend.next()
    let second = start(runner(backend, concurrency: 1), "b")
    try await wait(for: "b to wait") { semaphore.waiterCount == 1 }
    let third = start(runner(backend, concurrency: 3), "c")
    try await wait(for: "c to wait") { semaphore.waiterCount == 2 }
    second.cancel()
    #expect(try await backend.next().request.message == "c")
    third.cancel()
    first.cancel()
  }

  // MARK: Other

  @Test func `a message that is added reaches the backend`() async throws {
    let backend = ScriptedBackend()
    let runner = runner(backend)
    #expect(await !runner.steer(with: request))
    backend.acceptsSteering.withLock { $0 = true }
    #expect(await runner.steer(with: request))
    #expect(try await backend.nextSteering().message == "hello")
  }

  @Test func `closing cancels all requests and waits for them`() async throws {
    let backend = ScriptedBackend()
    let running = start(runner(backend))
    let call = try await backend.next()
    await tasks.close()
    await call.end()
    #expect(try await failure(running).code == .other)
  }
}

/// A backend that fails when its request is cancelled, as one whose connection is closed by that.
private struct BackendBrokenByCancellation: AgentBackend {
  let isIdempotent = true
  let retries = 1
  let requests = AsyncQueue<Void>()

  func respond(to request: AgentRequest, into response: ResponseWriter) async throws {
    requests(())
    await waitForCancellation()
    throw AgentFailure(.brokenEndpoint, agent: "one")
  }

  func probe() async -> AgentProbeResult? { nil }
}
