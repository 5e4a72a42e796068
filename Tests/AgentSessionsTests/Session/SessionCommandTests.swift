import Foundation
import Logging
import RuleEngine
import TestSupport
import Testing

@testable import AgentSessions

@Suite("New, retry, status and usage", .timeLimit(.minutes(1)))
struct SessionCommandTests {
  @Test("A reset stops the turn, and the next message knows nothing of what was said")
  func reset() async throws {
    let bench = try Bench()
    let session = await bench.registry.session(.channel("c"))
    let first = try await bench.exchange(session, "p1", "one", answer: "1")
    _ = await session.submit(bench.request("p2", "two"))
    let ask = try await bench.agent.next()
    bench.clock.advance(seconds: 60)
    let report = try await session.reset()
    await ask.end()
    #expect(report.stopped?.post == "p2")
    #expect(try await session.status().turns == 0)
    #expect(try await session.status().startedAt == bench.clock.now)
    let next = try await bench.exchange(session, "p3", "three", answer: "3")
    #expect(next.history.isEmpty)
    #expect(first.sessionID != next.sessionID)
  }

  @Test("A message submitted during a reset belongs to the new conversation")
  func submitDuringReset() async throws {
    let bench = try Bench()
    let session = await bench.registry.session(.channel("c"))
    try await bench.exchange(session, "p1", "one", answer: "1")
    _ = await session.submit(bench.request("p2", "two"))
    _ = try await bench.agent.next()
    async let report = session.reset()
    try await wait(for: "the turn to be stopped") { try await session.status().running == nil }
    let submission = await session.submit(bench.request("p3", "three"))
    #expect(try await report.stopped?.post == "p2")
    #expect(submission == .started)
    let ask = try await bench.agent.next()
    #expect(ask.request.history.isEmpty)
    ask.finish("3")
    try await bench.outbox.reaches(2)
    #expect(try await session.status().turns <= 1)
  }

  @Test("A retry asks the user's last message again and replaces its answer")
  func retry() async throws {
    let bench = try Bench()
    let session = await bench.registry.session(.channel("c"))
    try await bench.exchange(session, "p1", "one", answer: "wrong")
    try await bench.exchange(session, "p2", "two", answer: "2", user: "u-bob")
    let report = try await session.retry(bench.request("p3", "/retry", agent: "another"))
    #expect(report == .asking(message: "one", .started))
    let ask = try await bench.agent.next()
    #expect(ask.request.message == "one")
    #expect(ask.request.speaker == "alice")
    #expect(ask.request.history == [HistoryEntry(speaker: "bob", message: "two", answer: "2", agent: "scripted")])
    ask.finish("right")
    try await bench.outbox.reaches(3)
    let next = try await bench.exchange(session, "p4", "three", answer: "3")
    #expect(next.history.map(\.answer) == ["2", "right"])
    #expect(try await session.status().turns == 3)
  }

  @Test("A retry asks again what failed or was stopped", arguments: ["fail", "stop"])
  func retryUnanswered(how: String) async throws {
    let bench = try Bench()
    let session = await bench.registry.session(.channel("c"))
    _ = await session.submit(bench.request("p1", "one"))
    let ask = try await bench.agent.next()
    if how == "fail" {
      ask.fail(AgentFailure(.brokenEndpoint, agent: "scripted"))
      try await bench.outbox.reaches(1)
      #expect(await bench.outbox.texts == ["failed: brokenEndpoint"])
    } else {
      _ = await session.stop()
    }
    try await session.idle()
    #expect(try await session.retry(bench.request("p2", "")) == .asking(message: "one", .started))
    let again = try await bench.agent.next()
    #expect(again.request.history.isEmpty)
    again.finish("1")
    try await session.idle()
    #expect(await bench.outbox.texts.last == "1")
  }

  @Test("A retry that fails leaves the old answer in the history")
  func failedRetry() async throws {
    let bench = try Bench()
    let session = await bench.registry.session(.channel("c"))
    try await bench.exchange(session, "p1", "one", answer: "1")
    _ = try await session.retry(bench.request("p2", ""))
    try await bench.agent.next().fail(AgentFailure(.silent, agent: "scripted"))
    try await session.idle()
    let next = try await bench.exchange(session, "p3", "two", answer: "2")
    #expect(next.history.map(\.answer) == ["1"])
  }

  @Test("Two retries in a row leave one exchange")
  func retryTwice() async throws {
    let bench = try Bench()
    let session = await bench.registry.session(.channel("c"))
    try await bench.exchange(session, "p1", "one", answer: "1")
    #expect(try await session.retry(bench.request("p2", "")) == .asking(message: "one", .started))
    #expect(try await session.retry(bench.request("p3", "")) == .asking(message: "one", .queued(place: 1)))
    try await bench.agent.next().finish("2")
    try await bench.agent.next().finish("3")
    try await session.idle()
    let next = try await bench.exchange(session, "p4", "two", answer: "4")
    #expect(next.history.map(\.answer) == ["3"])
  }

  /// Issue 12, no. 47.
  @Test("A retry of a message that is being answered asks it again when it is over")
  func retryUnfinished() async throws {
    let bench = try Bench()
    let session = await bench.registry.session(.channel("c"))
    try await bench.exchange(session, "p1", "one", answer: "1")
    _ = await session.submit(bench.request("p2", "two"))
    let ask = try await bench.agent.next()
    #expect(try await session.retry(bench.request("p3", "")) == .asking(message: "two", .queued(place: 1)))
    ask.finish("2")
    let again = try await bench.agent.next()
    #expect(again.request.message == "two" && again.request.isRetry)
    #expect(again.request.history.map(\.answer) == ["1"])
    again.finish("2, again")
    try await session.idle()
    let next = try await bench.exchange(session, "p4", "three", answer: "3")
    #expect(next.history.map(\.answer) == ["1", "2, again"])
  }

  @Test("A retry of a retry that fails repeats the same exchange")
  func retryFailingRetry() async throws {
    let bench = try Bench()
    let session = await bench.registry.session(.channel("c"))
    try await bench.exchange(session, "p1", "one", answer: "1")
    _ = try await session.retry(bench.request("p2", ""))
    let ask = try await bench.agent.next()
    #expect(try await session.retry(bench.request("p3", "")) == .asking(message: "one", .queued(place: 1)))
    ask.fail(AgentFailure(.brokenEndpoint, agent: "scripted"))
    let again = try await bench.agent.next()
    #expect(again.request.message == "one" && again.request.isRetry && again.request.history.isEmpty)
    again.finish("1, again")
    try await session.idle()
    let next = try await bench.exchange(session, "p4", "two", answer: "2")
    #expect(next.history.map(\.answer) == ["1, again"])
  }

  @Test("A retry that waits ends with the message that it repeats, if that is deleted")
  func deletedBeforeRetry() async throws {
    let bench = try Bench()
    let session = await bench.registry.session(.channel("c"))
    _ = await session.submit(bench.request("p1", "one"))
    let ask = try await bench.agent.next()
    _ = try await session.retry(bench.request("p2", ""))
    let withdrawn = await session.withdraw(.message("p1"))
    #expect(Set(withdrawn) == ["p1", "p2"])
    await ask.end()
    try await session.idle()
    #expect(await bench.outbox.replies.isEmpty)
  }

  /// Issue 12, no. 47: whoever fails says that a retry asks the same again.
  @Test("A retry asks what failed before what was asked since without knowing of it, and what was asked with it after")
  func retryFailed() async throws {
    let bench = try Bench()
    let session = await bench.registry.session(.channel("c"))
    _ = await session.submit(bench.request("p1", "one"))
    let ask = try await bench.agent.next()
    _ = await session.submit(bench.request("p2", "two"))
    bench.clock.advance(seconds: 1)
    ask.fail(AgentFailure(.brokenEndpoint, agent: "scripted"))
    try await bench.agent.next().finish("2")
    try await session.idle()
    #expect(try await session.retry(bench.request("p3", "")) == .asking(message: "one", .started))
    try await bench.agent.next().fail(AgentFailure(.brokenEndpoint, agent: "scripted"))
    try await session.idle()
    bench.clock.advance(seconds: 1)
    try await bench.exchange(session, "p4", "three", answer: "3")
    #expect(try await session.retry(bench.request("p5", "")) == .asking(message: "three", .started))
    try await bench.agent.next().finish("3, again")
    try await session.idle()
  }

  @Test("A retry says so where the user has said nothing")
  func nothingToRetry() async throws {
    let bench = try Bench()
    let session = await bench.registry.session(.channel("c"))
    try await bench.exchange(session, "p1", "one", answer: "1")
    #expect(try await session.retry(bench.request("p2", "", user: "u-bob")) == .nothingToRetry)
    _ = try await session.reset()
    #expect(try await session.retry(bench.request("p3", "")) == .nothingToRetry)
  }

  @Test("The status tells what runs since when, what waits, and how long the conversation is")
  func status() async throws {
    let bench = try Bench()
    let session = await bench.registry.session(.channel("c"))
    #expect(
      try await session.status() == SessionStatus(running: nil, waiting: 0, turns: 0, startedAt: nil, lastAt: nil))
    let begin = bench.clock.now
    try await bench.exchange(session, "p1", "one", answer: "1")
    bench.clock.advance(seconds: 10)
    _ = await session.submit(bench.request("p2", user: "u-bob"))
    _ = await session.submit(bench.request("p3"))
    _ = try await bench.agent.next()
    let status = try await session.status()
    let running = RunningTurn(
      post: "p2", speaker: "bob", message: "hello", agent: "scripted", since: bench.clock.now)
    #expect(status == SessionStatus(running: running, waiting: 1, turns: 1, startedAt: begin, lastAt: begin))
    _ = await session.stop()
  }

  @Test("Usage counts tokens where the agent tells them, for the conversation and for all of them")
  func usage() async throws {
    let bench = try Bench()
    let session = await bench.registry.session(.channel("c"))
    try await bench.exchange(session, "p1", "one", answer: "1", usage: TokenUsage(input: 10, output: 2))
    try await bench.exchange(session, "p2", "two", answer: "2")
    try await bench.exchange(session, "p3", "three", answer: "3", usage: TokenUsage(input: 30, output: 4))
    let sum = UsageSum(turns: 3, turnsReported: 2, tokens: TokenUsage(input: 40, output: 6))
    #expect(try await session.usage() == SessionUsage(current: sum, total: sum))
    _ = try await session.reset()
    #expect(try await session.usage() == SessionUsage(current: UsageSum(), total: sum))
  }

  @Test("Costs are summed by their currency, and a sum beyond all measure keeps no turn from being recorded")
  func costs() async throws {
    let bench = try Bench()
    let session = await bench.registry.session(.channel("c"))
    func spend(_ post: String, _ millionths: Int, _ currency: String) async throws {
      let usage = TokenUsage(input: 1, output: 1, cost: Cost(millionths: millionths, currency: currency))
      try await bench.exchange(session, post, "spend", answer: "ok", usage: usage)
    }
    try await spend("p1", 420_000, "USD")
    try await spend("p2", 5, "USD")
    try await spend("p3", 1, "EUR")
    let sums = [Cost(millionths: 1, currency: "EUR"), Cost(millionths: 420_005, currency: "USD")]
    #expect(try await session.usage().current.costs == sums)
    _ = try await session.reset()
    #expect(try await session.usage().current.costs.isEmpty)
    #expect(try await session.usage().total.costs == sums)
    try await spend("p4", Limits.costMillionthsMax, "USD")
    try await spend("p5", 4_000_000_000_000_000, "USD")
    let usage = try await session.usage()
    #expect(usage.current.costs == [Cost(millionths: Limits.costMillionthsMax, currency: "USD")])
    #expect(usage.current.turns == 2)
  }

  @Test("Usage tells how many messages wait")
  func waiting() async throws {
    let bench = try Bench()
    let session = await bench.registry.session(.channel("c"))
    for post in ["p1", "p2", "p3"] { _ = await session.submit(bench.request(post)) }
    #expect(try await session.usage().waiting == 2)
    _ = await session.stop()
  }

  @Test("A conversation begins anew after so many turns")
  func turnLimit() async throws {
    let bench = try Bench()
    let session = await bench.registry.session(.channel("c"))
    let policy = SessionPolicy(turns: 2)
    var known: [Int] = []
    for number in 1...5 {
      known.append(
        try await bench.exchange(session, "p\(number)", "\(number)", answer: "ok", policy: policy).history.count)
    }
    #expect(known == [0, 1, 0, 1, 0])
  }

  @Test("A conversation begins anew after so long a silence, and not while a turn runs")
  func idleLimit() async throws {
    let bench = try Bench()
    let session = await bench.registry.session(.channel("c"))
    let policy = SessionPolicy(idleSeconds: 60)
    try await bench.exchange(session, "p1", "one", answer: "1", policy: policy)
    bench.clock.advance(seconds: 59)
    #expect(try await bench.exchange(session, "p2", "two", answer: "2", policy: policy).history.count == 1)
    _ = await session.submit(bench.request("p3", "three", session: policy))
    let long = try await bench.agent.next()
    bench.clock.advance(seconds: 600)
    _ = await session.submit(bench.request("p4", "four", session: policy))
    long.finish("3")
    let ask = try await bench.agent.next()
    #expect(ask.request.history.count == 3)
    ask.finish("4")
    try await session.idle()
    bench.clock.advance(seconds: 60)
    #expect(try await bench.exchange(session, "p5", "five", answer: "5", policy: policy).history.isEmpty)
  }

  @Test("Only shared conversations tell the agent so")
  func sharedSessions() async throws {
    let bench = try Bench()
    for (number, key) in [SessionKey.channel("c"), .thread("r"), .user("u"), .member(channel: "c", user: "u")]
      .enumerated()
    {
      let session = await bench.registry.session(key)
      let request = try await bench.exchange(session, "p\(number)", "hi", answer: "hi")
      #expect(request.isShared == (number < 2))
      #expect(request.speaker == "alice")
    }
  }
}
