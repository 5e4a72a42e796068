import Core
import Logging
import RuleEngine
import TestSupport
import Testing
import Transport

@testable import AgentSessions

@Suite("The OpenAI agent", .timeLimit(.minutes(1)))
struct OpenAIAgentTests {
  private static let key = "sk-very-secret"
  private let question = AgentRequest(message: "hello", speaker: "alice", sessionID: "s")

  private func agent(_ url: String, key: String? = key) -> OpenAIAgent {
    OpenAIAgent(
      name: "coder", settings: ChatSettings(baseURL: url, model: "m", apiKey: key.map { Secret($0) }),
      client: HTTPClient(logger: .silent), logger: .silent)
  }

  private func ask(_ agent: OpenAIAgent) async throws -> [ResponsePart] {
    try await agent.answer(question).said()
  }

  private func failure(_ agent: OpenAIAgent) async throws -> AgentFailure {
    let failure = try #require(await #expect(throws: AgentFailure.self) { try await ask(agent) })
    #expect(failure.agent == "coder")
    #expect(!"\(failure)\(failure.sentence())".contains(Self.key))
    return failure
  }

  @Test("streams an answer, and sends what the API wants")
  func answer() async throws {
    let server = try ChatServer([
      .head(), .word("Hel"), .word("lo"), .finish, .event(#"{"usage":{"prompt_tokens":4,"completion_tokens":2}}"#),
      .done,
    ])
    #expect(
      try await ask(agent(server.url)) == [.text("Hel"), .text("lo"), .usage(TokenUsage(input: 4, output: 2))])
    let request = try await server.request()
    #expect(request.line == "POST /v1/chat/completions HTTP/1.1")
    #expect(request.headers["authorization"] == "Bearer \(Self.key)")
    #expect(request.headers["content-type"] == "application/json")
    #expect(request.body.contains(#""content":"hello""#))
  }

  @Test("sends the body's keys of the file, and keeps their secrets out of what the endpoint says went wrong")
  func body() async throws {
    let server = try ChatServer([
      .head("500 Internal Server Error"), .send(#"{"error":{"message":"no such user: sesame-key, in eu-central"}}"#),
    ])
    let body = [
      BodyValue.Member(key: "user", value: .text(Secret("sesame-key"), written: "${USER_KEY}")),
      BodyValue.Member(key: "region", value: .text(Secret("eu-central"), written: "eu-central")),
    ]
    let agent = OpenAIAgent(
      name: "coder", settings: ChatSettings(baseURL: server.url, model: "m", body: body),
      client: HTTPClient(logger: .silent), logger: .silent)
    let detail = try await failure(agent).detail
    #expect(detail == "HTTP 500, no such user: <redacted>, in eu-central")
    #expect(try await server.request().body.hasSuffix(#""user":"sesame-key","region":"eu-central"}"#))
  }

  @Test("asks behind the address's path, with its query behind that")
  func query() async throws {
    let server = try ChatServer([.head(), .word("a"), .done])
    _ = try await ask(agent(server.url + "/deployments/d?api-version=2024-10-21"))
    let line = try await server.request().line
    #expect(line == "POST /v1/deployments/d/chat/completions?api-version=2024-10-21 HTTP/1.1")
  }

  @Test("sends no key where there is none", arguments: [nil, ""])
  func noKey(key: String?) async throws {
    let server = try ChatServer([.head(), .word("a"), .done])
    _ = try await ask(agent(server.url, key: key))
    #expect(try await server.request().headers["authorization"] == nil)
  }

  @Test("gives parts on as they come, not at the end")
  func liveParts() async throws {
    let gate = TestGate()
    let server = try ChatServer([.head(), .word("first"), .wait(gate), .word("second"), .done])
    var parts = agent(server.url).answer(question).makeAsyncIterator()
    #expect(try await parts.nextSaid() == .text("first"))
    gate.open()
    #expect(try await parts.nextSaid() == .text("second"))
    #expect(try await parts.nextSaid() == nil)
  }

  @Test("gives the same text wherever the network cuts a character")
  func splitCharacters() async throws {
    let body = Array(#"data: {"choices":[{"delta":{"content":"é€😀"}}]}"#.utf8) + Array("\n\ndata: [DONE]\n\n".utf8)
    for cut in stride(from: 30, to: 50, by: 1) {
      let gate = TestGate()
      let server = try ChatServer([.head(), .send(Array(body[..<cut])), .wait(gate), .send(Array(body[cut...]))])
      async let parts = ask(agent(server.url))
      _ = try await server.request()
      gate.open()
      #expect(try await parts == [.text("é€😀")])
    }
  }

  @Test(
    "closes the connection at once when its consumer is cancelled, within the answer or before its head",
    arguments: [
      [.head(), .repeatUntilClosed(Array("data: {\"choices\":[]}\n\n".utf8))], [.hold],
    ] as [[ChatServer.Step]])
  func cancelled(steps: [ChatServer.Step]) async throws {
    let server = try ChatServer(steps)
    let agent = agent(server.url)
    let consumer = Task { try await ask(agent) }
    _ = try await server.request()
    consumer.cancel()
    #expect(try await server.next() == .closedByClient)
    _ = await consumer.result
  }

  @Test("closes the connection when its answer is dropped unread")
  func dropped() async throws {
    let server = try ChatServer([.head(), .word("a"), .hold])
    do {
      var parts = agent(server.url).answer(question).makeAsyncIterator()
      #expect(try await parts.nextSaid() == .text("a"))
    }
    _ = try await server.request()
    #expect(try await server.next() == .closedByClient)
  }

  @Test("ends its request when the session stops the turn, and nothing of it is delivered")
  func stoppedBySession() async throws {
    let server = try ChatServer([.head(), .word("a"), .repeatUntilClosed(Array(": still thinking\n\n".utf8))])
    let bench = try Bench()
    await bench.registry.use(agents: ["coder": agent(server.url)])
    let session = await bench.registry.session(.channel("c"))
    _ = await session.submit(bench.request("p1", agent: "coder"))
    _ = try await server.request()
    let report = await session.stop()
    #expect(report.isOver)
    #expect(try await server.next() == .closedByClient)
    #expect(await bench.outbox.replies.isEmpty)
  }

  @Test(
    "names what is wrong with an endpoint",
    arguments: [
      ([.head("401 Unauthorized"), .send(#"{"error":{"message":"sk-very-secret"}}"#)], .unauthorized),
      ([.head("403 Forbidden")], .forbidden),
      ([.head("404 Not Found")], .notFound),
      ([.head("429 Too Many Requests")], .rateLimited),
      ([.head("500 Internal Server Error")], .brokenEndpoint),
      ([.head("200 OK", type: "text/html"), .send("<html>log in</html>")], .notAnEndpoint),
      ([.head("302 Found")], .notAnEndpoint),
      ([.head()], .empty),
      ([.head(), .word("half")], .cutOff),
      ([.send("HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\ndata: {}\n\n")], .cutOff),
      ([], .unreachable),
      ([.send("SSH-2.0-OpenSSH_9.2\r\n")], .notAnEndpoint),
    ] as [([ChatServer.Step], AgentFailure.Code)])
  func failures(steps: [ChatServer.Step], code: AgentFailure.Code) async throws {
    let server = try ChatServer(steps)
    let failure = try await failure(agent(server.url))
    #expect(failure.code == code, "\(failure)")
  }

  @Test("cannot be reached where nobody listens, or the address is none")
  func nobody() async throws {
    let url = "http://127.0.0.1:\(try TestServer.closedPort())/v1"
    #expect(try await failure(agent(url)).code == .unreachable)
    #expect(try await failure(agent("ftp://example.org/v1")).code == .badAddress)
    #expect(try await failure(agent("http://127.0.0.1:1/v1", key: "sk-very-secret\nX: y")).code == .badAddress)
  }

  @Test("gives a sign for what comes without a word: the head, a thought, a comment")
  func signs() async throws {
    let turnstiles = [TestGate(), TestGate()]
    let server = try ChatServer([
      .head(), .wait(turnstiles[0]), .send(": thinking\n\n"), .wait(turnstiles[1]),
      .event(#"{"choices":[{"delta":{"reasoning":"hm"}}]}"#), .done,
    ])
    var parts = agent(server.url).answer(question).makeAsyncIterator()
    for turnstile in turnstiles {
      #expect(try await parts.next() == .alive)
      turnstile.open()
    }
    #expect(try await parts.next() == .alive)
  }

  @Test(
    "tells when to ask again, where the endpoint says so in seconds",
    arguments: [("7", 7), ("soon", nil), ("-1", nil)])
  func retryAfter(value: String, seconds: Int?) async throws {
    let server = try ChatServer([.send("HTTP/1.1 503 Busy\r\nRetry-After: \(value)\r\nConnection: close\r\n\r\n")])
    #expect(try await failure(agent(server.url)).retryAfter == seconds.map { .seconds($0) })
  }

  @Test("is made by the factory under its name")
  func factory() async throws {
    let server = try ChatServer([.head(), .word("hi"), .done])
    let location = FileLocation(file: "rules.yaml", line: 1, column: 1)
    let agents = AgentFactory(client: HTTPClient(logger: .silent), logger: .silent).agents(for: [
      AgentDefinition(name: "echo", kind: .echo, location: location),
      AgentDefinition(name: "coder", kind: .openai(ChatSettings(baseURL: server.url, model: "m")), location: location),
    ])
    #expect(agents.keys.sorted() == ["coder", "echo"])
    #expect(agents["echo"] is EchoAgent)
    #expect(try await #require(agents["coder"]).answer(question).said() == [.text("hi")])
  }
}
