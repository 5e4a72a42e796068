import Agents
import Core
import Foundation
import Logging
import RuleEngine
import TestSupport
import Testing

@testable import Sessions

@Suite(.everyStore, .timeLimit(.minutes(1)))
struct SessionCommandTests {
  @Test func `a reset stops the turn, and the next message has no history`() async throws {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    let first = try await fixture.exchange(session, "p1", "one", answer: "1")
    _ = await session.submit(fixture.request("p2", "two"))
    let ask = try await fixture.agent.next()
    fixture.clock.advance(seconds: 60)
    let report = try await session.reset()
    await ask.end()
    #expect(report.stopped?.claim == "p2")
    #expect(try await session.status().turns == 0)
    #expect(try await session.status().startedAt == fixture.clock.now)
    let next = try await fixture.exchange(session, "p3", "three", answer: "3")
    #expect(next.history.isEmpty)
    #expect(first.sessionID != next.sessionID)
  }

  @Test func `a message submitted during a reset belongs to the new conversation`() async throws {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    try await fixture.exchange(session, "p1", "one", answer: "1")
    _ = await session.submit(fixture.request("p2", "two"))
    _ = try await fixture.agent.next()
    async let report = session.reset()
    try await wait(for: "the turn to be stopped") { try await session.status().running == nil }
    let submission = await session.submit(fixture.request("p3", "three"))
    #expect(try await report.stopped?.claim == "p2")
    #expect(submission == .started)
    let ask = try await fixture.agent.next()
    #expect(ask.request.history.isEmpty)
    ask.finish("3")
    try await fixture.delivered.reaches(2)
    #expect(try await session.status().turns <= 1)
  }

  @Test func `a retry asks the user's last message again and replaces its answer`() async throws {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    try await fixture.exchange(session, "p1", "one", answer: "wrong")
    try await fixture.exchange(session, "p2", "two", answer: "2", user: "u-bob")
    let report = try await session.retry(fixture.request("p3", "/retry", agent: "another"))
    #expect(report == .asking(message: "one", .started))
    let ask = try await fixture.agent.next()
    #expect(ask.request.message == "one")
    #expect(ask.request.speaker == "alice")
    #expect(ask.request.history == [HistoryEntry(speaker: "bob", message: "two", answer: "2", agent: "scripted")])
    ask.finish("right")
    try await fixture.delivered.reaches(3)
    let next = try await fixture.exchange(session, "p4", "three", answer: "3")
    #expect(next.history.map(\.answer) == ["2", "right"])
    #expect(try await session.status().turns == 3)
  }

  @Test(arguments: ["fail", "stop"])
  func `a retry asks a message again that failed or was stopped`(how: String) async throws {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    _ = await session.submit(fixture.request("p1", "one"))
    let ask = try await fixture.agent.next()
    if how == "fail" {
      ask.fail(AgentFailure(.brokenEndpoint, agent: "scripted"))
      try await fixture.delivered.reaches(1)
      #expect(await fixture.delivered.texts == ["failed: brokenEndpoint"])
    } else {
      _ = await session.stop()
    }
    try await session.idle()
    #expect(try await session.retry(fixture.request("p2", "")) == .asking(message: "one", .started))
    let again = try await fixture.agent.next()
    #expect(again.request.history.isEmpty)
    again.finish("1")
    try await session.idle()
    #expect(await fixture.delivered.texts.last == "1")
  }

  @Test func `a retry that fails leaves the old answer in the history`() async throws {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    try await fixture.exchange(session, "p1", "one", answer: "1")
    _ = try await session.retry(fixture.request("p2", ""))
    try await fixture.agent.next().fail(AgentFailure(.silent, agent: "scripted"))
    try await session.idle()
    let next = try await fixture.exchange(session, "p3", "two", answer: "2")
    #expect(next.history.map(\.answer) == ["1"])
  }

  @Test func `two retries in a row leave one exchange`() async throws {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    try await fixture.exchange(session, "p1", "one", answer: "1")
    #expect(try await session.retry(fixture.request("p2", "")) == .asking(message: "one", .started))
    #expect(try await session.retry(fixture.request("p3", "")) == .asking(message: "one", .queued(position: 1)))
    try await fixture.agent.next().finish("2")
    try await fixture.agent.next().finish("3")
    try await session.idle()
    let next = try await fixture.exchange(session, "p4", "two", answer: "4")
    #expect(next.history.map(\.answer) == ["3"])
  }

  @Test func `a retry of a message that is being answered asks it again when it is over`() async throws {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    try await fixture.exchange(session, "p1", "one", answer: "1")
    _ = await session.submit(fixture.request("p2", "two"))
    let ask = try await fixture.agent.next()
    #expect(try await session.retry(fixture.request("p3", "")) == .asking(message: "two", .queued(position: 1)))
    ask.finish("2")
    let again = try await fixture.agent.next()
    #expect(again.request.message == "two" && again.request.isRetry)
    #expect(again.request.history.map(\.answer) == ["1"])
    again.finish("2, again")
    try await session.idle()
    let next = try await fixture.exchange(session, "p4", "three", answer: "3")
    #expect(next.history.map(\.answer) == ["1", "2, again"])
  }

  @Test func `a retry of a retry that fails repeats the same exchange`() async throws {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    try await fixture.exchange(session, "p1", "one", answer: "1")
    _ = try await session.retry(fixture.request("p2", ""))
    let ask = try await fixture.agent.next()
    #expect(try await session.retry(fixture.request("p3", "")) == .asking(message: "one", .queued(position: 1)))
    ask.fail(AgentFailure(.brokenEndpoint, agent: "scripted"))
    let again = try await fixture.agent.next()
    #expect(again.request.message == "one" && again.request.isRetry && again.request.history.isEmpty)
    again.finish("1, again")
    try await session.idle()
    let next = try await fixture.exchange(session, "p4", "two", answer: "2")
    #expect(next.history.map(\.answer) == ["1, again"])
  }

  @Test func `a waiting retry ends with the message that it repeats, if that is deleted`() async throws {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    _ = await session.submit(fixture.request("p1", "one"))
    let ask = try await fixture.agent.next()
    _ = try await session.retry(fixture.request("p2", ""))
    let withdrawn = await session.withdraw(.message("p1"))
    #expect(Set(withdrawn) == ["p1", "p2"])
    await ask.end()
    try await session.idle()
    #expect(await fixture.delivered.replies.isEmpty)
  }

  /// A failure says that a retry asks the same again.
  @Test func `a retry asks the message that failed, unless its user has asked another since being told so`()
    async throws
  {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    _ = await session.submit(fixture.request("p1", "one"))
    let ask = try await fixture.agent.next()
    _ = await session.submit(fixture.request("p2", "two"))
    fixture.clock.advance(seconds: 1)
    ask.fail(AgentFailure(.brokenEndpoint, agent: "scripted"))
    try await fixture.agent.next().finish("2")
    try await session.idle()
    #expect(try await session.retry(fixture.request("p3", "")) == .asking(message: "one", .started))
    try await fixture.agent.next().fail(AgentFailure(.brokenEndpoint, agent: "scripted"))
    try await session.idle()
    fixture.clock.advance(seconds: 1)
    try await fixture.exchange(session, "p4", "three", answer: "3")
    #expect(try await session.retry(fixture.request("p5", "")) == .asking(message: "three", .started))
    try await fixture.agent.next().finish("3, again")
    try await session.idle()
  }

  @Test func `a retry reports that its user has said nothing`() async throws {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    try await fixture.exchange(session, "p1", "one", answer: "1")
    #expect(try await session.retry(fixture.request("p2", "", user: "u-bob")) == .nothingToRetry)
    _ = try await session.reset()
    #expect(try await session.retry(fixture.request("p3", "")) == .nothingToRetry)
  }

  @Test func `the status shows what runs since when, what waits, and how long the conversation is`() async throws {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    #expect(
      try await session.status() == SessionStatus(running: nil, waiting: 0, turns: 0, startedAt: nil, lastAt: nil))
    let begin = fixture.clock.now
    try await fixture.exchange(session, "p1", "one", answer: "1")
    fixture.clock.advance(seconds: 10)
    _ = await session.submit(fixture.request("p2", user: "u-bob"))
    _ = await session.submit(fixture.request("p3"))
    _ = try await fixture.agent.next()
    let status = try await session.status()
    let running = RunningTurn(
      claim: "p2", speaker: "bob", message: "hello", agent: "scripted", since: fixture.clock.now)
    #expect(status == SessionStatus(running: running, waiting: 1, turns: 1, startedAt: begin, lastAt: begin))
    _ = await session.stop()
  }

  @Test func `usage counts reported tokens, for the conversation and for all of them`() async throws {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    try await fixture.exchange(session, "p1", "one", answer: "1", usage: TokenUsage(input: 10, output: 2))
    try await fixture.exchange(session, "p2", "two", answer: "2")
    try await fixture.exchange(session, "p3", "three", answer: "3", usage: TokenUsage(input: 30, output: 4))
    let sum = UsageSum(turns: 3, turnsReported: 2, tokens: TokenUsage(input: 40, output: 6))
    #expect(try await session.usage() == SessionUsage(current: sum, total: sum))
    _ = try await session.reset()
    #expect(try await session.usage() == SessionUsage(current: UsageSum(), total: sum))
  }

  @Test func `costs are summed by currency, and a sum that is too large keeps no turn from being recorded`()
    async throws
  {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    func spend(_ post: String, _ millionths: Int, _ currency: String) async throws {
      let usage = TokenUsage(input: 1, output: 1, cost: Cost(millionths: millionths, currency: currency))
      try await fixture.exchange(session, post, "spend", answer: "ok", usage: usage)
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

  @Test func `usage shows how many messages wait`() async throws {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    for post in ["p1", "p2", "p3"] { _ = await session.submit(fixture.request(post)) }
    #expect(try await session.usage().waiting == 2)
    _ = await session.stop()
  }

  @Test func `a conversation starts over after its limit of turns`() async throws {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    let policy = SessionPolicy(turns: 2)
    var known: [Int] = []
    for number in 1...5 {
      known.append(
        try await fixture.exchange(session, "p\(number)", "\(number)", answer: "ok", policy: policy).history.count)
    }
    #expect(known == [0, 1, 0, 1, 0])
  }

  @Test func `a conversation starts over after its idle time, but not while a turn runs`() async throws {
    let fixture = try await Fixture()
    let session = fixture.registry.session(.channel("c"))
    let policy = SessionPolicy(idleSeconds: 60)
    try await fixture.exchange(session, "p1", "one", answer: "1", policy: policy)
    fixture.clock.advance(seconds: 59)
    #expect(try await fixture.exchange(session, "p2", "two", answer: "2", policy: policy).history.count == 1)
    _ = await session.submit(fixture.request("p3", "three", session: policy))
    let long = try await fixture.agent.next()
    fixture.clock.advance(seconds: 600)
    _ = await session.submit(fixture.request("p4", "four", session: policy))
    long.finish("3")
    let ask = try await fixture.agent.next()
    #expect(ask.request.history.count == 3)
    ask.finish("4")
    try await session.idle()
    fixture.clock.advance(seconds: 60)
    #expect(try await fixture.exchange(session, "p5", "five", answer: "5", policy: policy).history.isEmpty)
  }

  @Test func `only shared conversations are shared for the agent`() async throws {
    let fixture = try await Fixture()
    for (number, key) in [SessionKey.channel("c"), .thread("r"), .user("u"), .member(channel: "c", user: "u")]
      .enumerated()
    {
      let session = fixture.registry.session(key)
      let request = try await fixture.exchange(session, "p\(number)", "hi", answer: "hi")
      #expect(request.isShared == (number < 2))
      #expect(request.speaker == "alice")
    }
  }
}
