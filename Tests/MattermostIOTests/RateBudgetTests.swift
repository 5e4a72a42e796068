import TestSupport
import Testing
import Transport

@testable import MattermostIO

@Suite("The rate budget", .timeLimit(.minutes(1)))
struct RateBudgetTests {
  private let clock = ManualClock()
  private let budget: APIRateLimiter

  init() { budget = APIRateLimiter(time: clock.time) }

  /// Makes a call as soon as it may be made, and tells of it.
  private func call(_ priority: RequestPriority, _ made: AsyncQueue<RequestPriority>) -> Task<Void, Never> {
    Task { if await budget.begin(priority) { made(priority) } }
  }

  @Test("lets everything through where the server tells of no limit")
  func unlimited() async {
    for priority in RequestPriority.allCases {
      #expect(await budget.begin(priority))
      await budget.end(RateLimitHeaders())
    }
  }

  /// Issue 11, no. 5.
  @Test("lets so many calls through at once, those that matter most first, and half as many that matter least")
  func atOnce() async throws {
    for _ in 0..<4 { #expect(await budget.begin(.reaction)) }
    #expect(await !budget.begin(.typing))
    let made = AsyncQueue<RequestPriority>()
    _ = call(.reaction, made)
    try await wait(for: "the reaction to wait") { await budget.waiting == [.reaction] }
    for priority in [RequestPriority.edit, .edit, .read, .answer] { #expect(await budget.begin(priority)) }
    #expect(await !budget.begin(.edit))
    for priority in [RequestPriority.read, .answer] {
      _ = call(priority, made)
      try await wait(for: "\(priority) to wait") { await budget.waiting.contains(priority) }
    }
    for priority in [RequestPriority.answer, .read] {
      await budget.end(RateLimitHeaders())
      #expect(try await made.next("a call") == priority)
    }
    for _ in 0..<4 {
      await budget.end(RateLimitHeaders())
      #expect(await budget.waiting == [.reaction])
    }
    await budget.end(RateLimitHeaders())
    #expect(try await made.next("a call") == .reaction)
  }

  /// Issue 11, no. 5.
  @Test("lets half as many through at each sign of overload, at least one, and more again with good answers")
  func overloaded() async throws {
    func most() async -> Int {
      var count = 0
      while await budget.begin(.edit) { count += 1 }
      for _ in 0..<count { await budget.end(nil) }
      return count
    }
    #expect(await most() == 8)
    for expected in [4, 2, 1, 1] {
      // What was under way meanwhile tells of the same overload.
      for _ in 0..<2 {
        #expect(await budget.begin(.answer))
        await budget.end(RateLimitHeaders(), isOverload: true)
      }
      #expect(await most() == expected)
      clock.advance(by: .seconds(1))
    }
    for _ in 0..<40 {
      #expect(await budget.begin(.answer))
      await budget.end(RateLimitHeaders())
    }
    #expect(await most() == 8)
  }

  @Test("keeps everybody waiting after a refusal, then lets one find out, and those that matter most first")
  func refused() async throws {
    #expect(await budget.begin(.read))
    await budget.end(RateLimitHeaders(isRefusal: true, remaining: 0, wait: .seconds(3)))
    let made = AsyncQueue<RequestPriority>()
    let kinds: [RequestPriority] = [.reaction, .read, .answer]
    for kind in kinds {
      _ = call(kind, made)
      try await wait(for: "\(kind) to wait") { await budget.waiting.contains(kind) }
    }
    #expect(await budget.waiting == [.answer, .read, .reaction])
    #expect(await clock.pass(.seconds(3)))
    #expect(try await made.next("a call") == .answer)
    #expect(await budget.waiting == [.read, .reaction])
    await budget.end(RateLimitHeaders(remaining: 1))
    #expect(try await made.next("a call") == .read)
    #expect(await budget.waiting == [.reaction])
    await budget.end(RateLimitHeaders())
    #expect(try await made.next("a call") == .reaction)
  }

  @Test("waits for the reset when the server says that nothing remains, also where it says so twice")
  func usedUp() async throws {
    let headers = HTTPHeaders([("X-Ratelimit-Remaining", "0, 0"), ("X-Ratelimit-Reset", "2, 2")])
    let facts = RateLimitHeaders(HTTPResponse(status: 200, headers: headers, body: []))
    #expect(facts == RateLimitHeaders(remaining: 0, wait: .seconds(2)))
    #expect(await budget.begin(.read))
    await budget.end(facts)
    let made = AsyncQueue<RequestPriority>()
    _ = call(.answer, made)
    #expect(await clock.pass(.seconds(2)))
    #expect(try await made.next("a call") == .answer)
  }

  @Test("counts those under way against what remains")
  func underWay() async {
    for _ in 0..<3 { #expect(await budget.begin(.answer)) }
    await budget.end(RateLimitHeaders(remaining: 3, wait: .seconds(1)))
    #expect(await budget.begin(.typing))
    #expect(await !budget.begin(.typing))
  }

  @Test(
    "drops what is of no use later, and takes it again when the wait is over",
    arguments: [RequestPriority.typing, .edit])
  func dropped(kind: RequestPriority) async {
    #expect(await budget.begin(.read))
    await budget.end(RateLimitHeaders(isRefusal: true, wait: .seconds(1)))
    #expect(await !budget.begin(kind))
    clock.advance(by: .seconds(1))
    #expect(await budget.begin(kind))
  }

  @Test("forgets who no longer waits")
  func cancelled() async throws {
    #expect(await budget.begin(.read))
    await budget.end(RateLimitHeaders(isRefusal: true, wait: .seconds(1)))
    let made = AsyncQueue<RequestPriority>()
    let waiting = call(.answer, made)
    try await wait(for: "the call to wait") { await !budget.waiting.isEmpty }
    waiting.cancel()
    await waiting.value
    #expect(await budget.waiting.isEmpty)
  }

  @Test("believes no server that asks to wait for years")
  func endlessWait() async throws {
    #expect(await budget.begin(.read))
    await budget.end(RateLimitHeaders(isRefusal: true, wait: .seconds(1 << 40)))
    #expect(await budget.wait == .seconds(60))
  }

  @Test("is one for all calls of a client")
  func shared() async throws {
    let script = Script([
      { $0.respond("429 Slow", headers: ["Retry-After: 3600"]) }, try Recording("users_me").answer,
    ])
    let server = try TestServer(script.serve)
    let client = try MattermostClient.test(server.url, time: clock.time)
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
