import Foundation
import RuleEngine
import Synchronization
import TestSupport
import Testing
import Transport

@testable import AgentSessions

@Suite("The limits of an agent", .timeLimit(.minutes(1)))
struct AgentLimitsTests {
  private let temporary: TemporaryFolder
  private let agents = AgentFactory(
    client: HTTPClient(logger: .silent), environment: ["PATH": "/usr/bin:/bin"], logger: .silent)

  init() throws { temporary = try TemporaryFolder() }

  private var question: AgentRequest {
    AgentRequest(
      message: "hello", speaker: "alice", sessionID: "s",
      host: AgentContext(folder: SessionFolder(path: temporary.path("session"))))
  }

  private func agent(_ kind: AgentKind, _ limits: AgentLimits) throws -> any Agent {
    let location = FileLocation(file: "rules.yaml", line: 1, column: 1)
    return try #require(
      agents.agents(for: [AgentDefinition(name: "one", kind: kind, limits: limits, location: location)])["one"])
  }

  private func failure(_ agent: any Agent) async throws -> AgentFailure {
    let failure = try #require(await #expect(throws: AgentFailure.self) { try await agent.answer(question).said() })
    #expect(failure.agent == "one")
    return failure
  }

  private static let begins = AgentLimits(firstByteSeconds: 1)
  private static let goesOn = AgentLimits(idleSeconds: 1)
  private static let ends = AgentLimits(timeoutSeconds: 1)

  @Test(
    "give up on an endpoint that does not begin, falls silent or never ends, and hang up",
    arguments: [
      ([.hold], begins, .silent), ([.head(), .word("a"), .hold], goesOn, .silent),
      ([.head(), .repeatUntilClosed(Array(": thinking\n\n".utf8))], ends, .tookTooLong),
    ] as [([ChatServer.Step], AgentLimits, AgentFailure.Code)])
  func endpoint(steps: [ChatServer.Step], limits: AgentLimits, code: AgentFailure.Code) async throws {
    let server = try ChatServer(steps)
    let agent = try agent(.openai(ChatSettings(baseURL: server.url, model: "m")), limits)
    #expect(try await failure(agent).code == code)
    _ = try await server.request()
    #expect(try await server.next() == .closedByClient)
  }

  @Test("let an endpoint take its time that gives signs, and one that begins late where only silence is limited")
  func patience() async throws {
    let gate = TestGate()
    let server = try ChatServer([.wait(gate), .head(), .word("a"), .done])
    let agent = try agent(.openai(ChatSettings(baseURL: server.url, model: "m")), Self.goesOn)
    async let parts = agent.answer(question).said()
    _ = try await server.request()
    try await Task.sleep(for: .milliseconds(1_200))
    gate.open()
    #expect(try await parts == [.text("a")])
  }

  @Test(
    "give up on a program that does not begin, falls silent or never ends, and end all of it",
    arguments: [
      ("sleep 1000 & sleep 1000", begins, .silent), ("echo a; sleep 1000 & sleep 1000", goesOn, .silent),
      ("while echo a; do sleep 0.1; done", ends, .tookTooLong),
    ] as [(String, AgentLimits, AgentFailure.Code)])
  func program(text: String, limits: AgentLimits, code: AgentFailure.Code) async throws {
    let agent = try agent(.exec(ExecSettings(program: .shell("echo $$ > pid; \(text)"))), limits)
    #expect(try await failure(agent).code == code)
    try await programIsGone()
  }

  @Test("give up on an agent of the Agent Client Protocol that does not greet, and end all of it")
  func protocolAgent() async throws {
    let command = ["sh", "-c", "echo $$ > pid; sleep 1000 & sleep 1000"]
    #expect(try await failure(agent(.acp(ACPSettings(command: command)), Self.begins)).code == .silent)
    try await programIsGone()
  }

  private func programIsGone() async throws {
    let pid = try String(contentsOfFile: temporary.path("session/pid"), encoding: .utf8)
    let group = try #require(Int32(pid.dropLast()))
    try await wait(for: "its group to be gone") { kill(-group, 0) != 0 }
  }

  @Test("keep nothing from an agent that it is told while it answers")
  func telling() async throws {
    let inner = ScriptedAgent()
    let watched = WatchedAgent(name: "one", agent: inner, limits: .model)
    let patient = PatientAgent(name: "one", agent: watched, retries: 2, logger: .silent)
    let bounded = BoundedAgent(name: "one", agent: patient, limits: .model, gate: AgentGate())
    #expect(await !bounded.tell(question))
    inner.hears.withLock { $0 = true }
    #expect(await bounded.tell(question))
    #expect(try await inner.nextTold().message == "hello")
  }

  @Test("are as many attempts as the file says, and the wait that the endpoint wants")
  func retries() async throws {
    let server = try ChatServer([.send("HTTP/1.1 429 Busy\r\nRetry-After: 0\r\nConnection: close\r\n\r\n")])
    let agent = try agent(.anthropic(ChatSettings(baseURL: server.url, model: "m", retries: 5)), .model)
    #expect(try await failure(agent).code == .rateLimited)
    for _ in 0...5 { _ = try await server.request() }
  }

  @Test("hold for all agents that one name has had: newer rules let nobody in beside who is there")
  func places() async throws {
    let gate = TestGate()
    let old = try ChatServer([.head(), .wait(gate), .word("old"), .done])
    let new = try ChatServer([.head(), .word("new"), .done])
    let limits = AgentLimits(concurrency: 1)
    let before = try agent(.openai(ChatSettings(baseURL: old.url, model: "m")), limits)
    async let first = before.answer(question).said()
    _ = try await old.request()
    let after = try agent(.openai(ChatSettings(baseURL: new.url, model: "m")), limits)
    async let second = after.answer(question).said()
    try await wait(for: "the second to wait") { agents.gates["one"].state.withLock { $0.waiting.count } == 1 }
    gate.open()
    #expect(try await first == [.text("old")])
    #expect(try await second == [.text("new")])
    _ = try await new.request()
  }

  @Test("show an agent only what its history has room for")
  func history() async throws {
    var request = question
    request.history = ["old", "new"].map { HistoryEntry(speaker: "bob", message: $0, answer: "four") }
    let agent = try agent(
      .exec(ExecSettings(program: .shell("cat \"$EDGECRAB_HISTORY\""))), AgentLimits(historyTokens: 3))
    #expect(
      try await agent.answer(request).said() == [.text(#"{"speaker":"bob","message":"new","answer":"four"}"# + "\n")])
  }
}
