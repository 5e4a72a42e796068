import Core
import Foundation
import RuleEngine
import Synchronization
import TestSupport
import Testing
import Transport

@testable import Agents

@Suite(.timeLimit(.minutes(1)))
struct AgentLimitsTests {
  private let temporary: TemporaryFolder
  private let clock = ManualClock()
  private let agents: AgentFactory

  init() throws {
    temporary = try TemporaryFolder()
    agents = AgentFactory(
      client: HTTPClient(logger: .silent), environment: ["PATH": "/usr/bin:/bin"], clock: clock, logger: .silent)
  }

  private var question: AgentRequest {
    AgentRequest(
      message: "hello", speaker: "alice", sessionID: "s",
      services: DetachedAgentContext(folder: SessionFolder(path: temporary.path("session"))))
  }

  private func agent(_ kind: AgentKind, _ limits: AgentLimits) throws -> any Agent {
    let location = FileLocation(file: "rules.yaml", line: 1, column: 1)
    return try #require(
      agents.agents(for: [AgentDefinition(name: "one", kind: kind, limits: limits, location: location)])["one"])
  }

  /// Returns the failure of a request.
  ///
  /// - Parameter isReady: gets the parts of the response as they come, and returns when the agent's limit may be exceeded.
  private func failure(
    _ agent: any Agent, once isReady: (AsyncQueue<ResponsePart>) async throws -> Void
  ) async throws -> AgentFailure {
    let parts = AsyncQueue<ResponsePart>()
    let answer = Task { [question] in for try await part in agent.respond(to: question) { parts(part) } }
    _ = await clock.nextSleep()
    try await isReady(parts)
    clock.advance(by: .seconds(1))
    let failure = try #require(await #expect(throws: AgentFailure.self) { try await answer.value })
    #expect(failure.agent == "one")
    return failure
  }

  private static let begins = AgentLimits(firstByteSeconds: 1)
  private static let goesOn = AgentLimits(idleSeconds: 1)
  private static let ends = AgentLimits(timeoutSeconds: 1)

  @Test(
    arguments: [
      ([.hold], begins, .silent), ([.head(), .word("a"), .hold], goesOn, .silent),
      ([.head(), .repeatUntilClosed(Array(": thinking\n\n".utf8))], ends, .tookTooLong),
    ] as [([ChatServer.Step], AgentLimits, AgentFailure.Code)])
  func `an endpoint that does not begin, falls silent or never ends is cancelled`(
    steps: [ChatServer.Step], limits: AgentLimits, code: AgentFailure.Code
  ) async throws {
    let server = try ChatServer(steps)
    let agent = try agent(.chat(.openai, ChatSettings(baseURL: server.url, model: "m")), limits)
    let failure = try await failure(agent) { parts in
      _ = try await server.request()
      if limits == Self.goesOn { #expect(try await parts.next("the beginning") == .text("a")) }
    }
    #expect(failure.code == code)
    #expect(try await server.next() == .closedByClient)
  }

  @Test(
    arguments: [
      ("sleep 1000 & sleep 1000", begins, .silent), ("echo a; sleep 1000 & sleep 1000", goesOn, .silent),
      ("while echo a; do sleep 0.1; done", ends, .tookTooLong),
    ] as [(String, AgentLimits, AgentFailure.Code)])
  func `a program that does not begin, falls silent or never ends is ended with its children`(
    text: String, limits: AgentLimits, code: AgentFailure.Code
  ) async throws {
    let agent = try agent(.exec(ExecSettings(program: .shell("echo $$ > pid; \(text)"))), limits)
    let failure = try await failure(agent) { parts in
      try await programRuns()
      if limits != Self.begins { _ = try await parts.next("the beginning") }
    }
    #expect(failure.code == code)
    try await programIsGone()
  }

  @Test func `an acp agent that does not answer initialize is ended with its children`() async throws {
    let command = ["sh", "-c", "echo $$ > pid; sleep 1000 & sleep 1000"]
    let failure = try await failure(agent(.acp(ACPSettings(command: command)), Self.begins)) { _ in
      try await programRuns()
    }
    #expect(failure.code == .silent)
    try await programIsGone()
  }

  /// Returns the number that the program has written.
  private func program() -> Int32? {
    let pid = try? String(contentsOfFile: temporary.path("session/pid"), encoding: .utf8)
    return pid.flatMap { $0.hasSuffix("\n") ? Int32($0.dropLast()) : nil }
  }

  private func programRuns() async throws { try await wait(for: "the program to run") { program() != nil } }

  private func programIsGone() async throws {
    let group = try #require(program())
    try await wait(for: "its group to be gone") { kill(-group, 0) != 0 }
  }

  @Test func `an agent makes as many attempts as its retries allow, after the delay that the endpoint asks for`()
    async throws
  {
    let server = try ChatServer([.send("HTTP/1.1 429 Busy\r\nRetry-After: 0\r\nConnection: close\r\n\r\n")])
    let agent = try agent(.chat(.anthropic, ChatSettings(baseURL: server.url, model: "m", retries: 5)), .model)
    let failure = await #expect(throws: AgentFailure.self) { try await agent.respond(to: question).parts() }
    #expect(failure?.code == .rateLimited)
    for _ in 0...5 { _ = try await server.request() }
  }

  @Test func `the concurrency of a name holds across rule changes`() async throws {
    let gate = TestGate()
    let old = try ChatServer([.head(), .wait(gate), .word("old"), .done])
    let new = try ChatServer([.head(), .word("new"), .done])
    let limits = AgentLimits(concurrency: 1)
    let before = try agent(.chat(.openai, ChatSettings(baseURL: old.url, model: "m")), limits)
    async let first = before.respond(to: question).parts()
    _ = try await old.request()
    let after = try agent(.chat(.openai, ChatSettings(baseURL: new.url, model: "m")), limits)
    async let second = after.respond(to: question).parts()
    try await wait(for: "the second to wait") { agents.semaphore(for: "one").waiterCount == 1 }
    gate.open()
    #expect(try await first == [.text("old")])
    #expect(try await second == [.text("new")])
    _ = try await new.request()
  }

  @Test func `an agent gets only as much of the history as its budget allows`() async throws {
    var request = question
    request.history = ["old", "new"].map { HistoryEntry(speaker: "bob", message: $0, answer: "four") }
    let agent = try agent(
      .exec(ExecSettings(program: .shell("cat \"$EDGECRAB_HISTORY\""))), AgentLimits(historyTokens: 3))
    #expect(
      try await agent.respond(to: request).parts() == [
        .text(#"{"speaker":"bob","message":"new","answer":"four"}"# + "\n")
      ])
  }
}
