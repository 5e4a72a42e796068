import Core
import TestSupport
import Testing
import Transport

@testable import MattermostIO

@Suite(.timeLimit(.minutes(1)))
struct APIRateLimiterTests {
  private let clock = ManualClock()
  private let limiter: APIRateLimiter

  init() { limiter = APIRateLimiter(clock: clock) }

  /// Starts a request as soon as the limiter allows it, and reports it to a queue.
  private func call(_ priority: RequestPriority, _ made: AsyncQueue<RequestPriority>) -> Task<Void, Never> {
    Task { if await limiter.begin(priority) { made(priority) } }
  }

  @Test func `without a reported limit, every request starts at once`() async {
    for priority in RequestPriority.allCases {
      #expect(await limiter.begin(priority))
      await limiter.end(RateLimitHeaders())
    }
  }

  @Test func `eight requests run at a time, by priority, and four of the lowest priorities`() async throws {
    for _ in 0..<4 { #expect(await limiter.begin(.reaction)) }
    #expect(await !limiter.begin(.typing))
    let made = AsyncQueue<RequestPriority>()
    _ = call(.reaction, made)
    try await wait(for: "the reaction to wait") { await limiter.waiting == [.reaction] }
    for priority in [RequestPriority.edit, .edit, .read, .answer] { #expect(await limiter.begin(priority)) }
    #expect(await !limiter.begin(.edit))
    for priority in [RequestPriority.read, .answer] {
      _ = call(priority, made)
      try await wait(for: "\(priority) to wait") { await limiter.waiting.contains(priority) }
    }
    for priority in [RequestPriority.answer, .read] {
      await limiter.end(RateLimitHeaders())
      #expect(try await made.next("a call") == priority)
    }
    for _ in 0..<4 {
      await limiter.end(RateLimitHeaders())
      #expect(await limiter.waiting == [.reaction])
    }
    await limiter.end(RateLimitHeaders())
    #expect(try await made.next("a call") == .reaction)
  }

  @Test
  func `each sign of overload halves the requests at a time, and successful responses raise them again`() async throws {
    func most() async -> Int {
      var count = 0
      while await limiter.begin(.edit) { count += 1 }
      for _ in 0..<count { await limiter.end(nil) }
      return count
    }
    #expect(await most() == 8)
    for expected in [4, 2, 1, 1] {
      // Requests that were running meanwhile report the same overload.
      for _ in 0..<2 {
        #expect(await limiter.begin(.answer))
        await limiter.end(RateLimitHeaders(), isOverload: true)
      }
      #expect(await most() == expected)
      clock.advance(by: .seconds(1))
    }
    for _ in 0..<40 {
      #expect(await limiter.begin(.answer))
      await limiter.end(RateLimitHeaders())
    }
    #expect(await most() == 8)
  }

  @Test func `after a refusal all requests wait, then one finds out the limit, and the others follow by priority`()
    async throws
  {
    #expect(await limiter.begin(.read))
    await limiter.end(RateLimitHeaders(isRefusal: true, remaining: 0, retryAfter: .seconds(3)))
    let made = AsyncQueue<RequestPriority>()
    let kinds: [RequestPriority] = [.reaction, .read, .answer]
    for kind in kinds {
      _ = call(kind, made)
      try await wait(for: "\(kind) to wait") { await limiter.waiting.contains(kind) }
    }
    #expect(await limiter.waiting == [.answer, .read, .reaction])
    #expect(await clock.pass(.seconds(3)))
    #expect(try await made.next("a call") == .answer)
    #expect(await limiter.waiting == [.read, .reaction])
    await limiter.end(RateLimitHeaders(remaining: 1))
    #expect(try await made.next("a call") == .read)
    #expect(await limiter.waiting == [.reaction])
    await limiter.end(RateLimitHeaders())
    #expect(try await made.next("a call") == .reaction)
  }

  @Test
  func `when nothing remains, requests wait for the reset, even if a second server lists its limit too`() async throws {
    let headers = HTTPHeaders([("X-Ratelimit-Remaining", "0, 0"), ("X-Ratelimit-Reset", "2, 2")])
    let limit = RateLimitHeaders(HTTPResponse(status: 200, headers: headers, body: []))
    #expect(limit == RateLimitHeaders(remaining: 0, reset: .seconds(2)))
    #expect(await limiter.begin(.read))
    await limiter.end(limit)
    let made = AsyncQueue<RequestPriority>()
    _ = call(.answer, made)
    #expect(await clock.pass(.seconds(2)))
    #expect(try await made.next("a call") == .answer)
  }

  @Test func `running requests count against what remains`() async {
    for _ in 0..<3 { #expect(await limiter.begin(.answer)) }
    await limiter.end(RateLimitHeaders(remaining: 3, retryAfter: .seconds(1)))
    #expect(await limiter.begin(.typing))
    #expect(await !limiter.begin(.typing))
  }

  @Test(
    arguments: [RequestPriority.typing, .edit])
  func `a request that a later one replaces is dropped during the wait, and starts after it`(kind: RequestPriority)
    async
  {
    #expect(await limiter.begin(.read))
    await limiter.end(RateLimitHeaders(isRefusal: true, retryAfter: .seconds(1)))
    #expect(await !limiter.begin(kind))
    clock.advance(by: .seconds(1))
    #expect(await limiter.begin(kind))
  }

  @Test func `a request whose task is cancelled no longer waits`() async throws {
    #expect(await limiter.begin(.read))
    await limiter.end(RateLimitHeaders(isRefusal: true, retryAfter: .seconds(1)))
    let made = AsyncQueue<RequestPriority>()
    let waiting = call(.answer, made)
    try await wait(for: "the call to wait") { await !limiter.waiting.isEmpty }
    waiting.cancel()
    await waiting.value
    #expect(await limiter.waiting.isEmpty)
  }

  @Test func `a server that asks to wait for years makes requests wait for a minute`() async throws {
    #expect(await limiter.begin(.read))
    await limiter.end(RateLimitHeaders(isRefusal: true, retryAfter: .seconds(1 << 40)))
    #expect(await limiter.wait == .seconds(60))
  }

  @Test func `all requests of a client share one rate limiter`() async throws {
    let script = Script([
      { $0.respond("429 Slow", headers: ["Retry-After: 3600"]) }, try Recording("users_me").answer,
    ])
    let server = try TestServer(script.serve)
    let client = try MattermostClient.test(server.url, clock: clock)
    await #expect(throws: MattermostError.self) { try await client.me() }
    let typing = await #expect(throws: MattermostError.self) { try await client.typing(as: "b", in: "c") }
    #expect(typing?.code == .tooManyRequests)
    #expect(typing?.retryAfter == .seconds(60))
    #expect(script.requests.count == 1)
    let me = Task { try await client.me() }
    #expect(await clock.pass(.seconds(60)))
    #expect(try await me.value.username == "edgecrab")
  }
}
