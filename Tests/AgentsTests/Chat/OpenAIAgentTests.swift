import Core
import Logging
import RuleEngine
import TestSupport
import Testing
import Transport

@testable import Agents

@Suite(.timeLimit(.minutes(1)))
struct OpenAIAgentTests {
  private static let key = "sk-very-secret"
  private let question = AgentRequest(message: "hello", speaker: "alice", sessionID: "s")

  private func agent(_ url: String, key: String? = key) -> ChatAgent<OpenAI> {
    ChatAgent(
      name: "coder", settings: ChatSettings(baseURL: url, model: "m", apiKey: key.map { Secret($0) }), .test())
  }

  private func ask(_ agent: ChatAgent<OpenAI>) async throws -> [ResponsePart] {
    try await agent.respond(to: question).parts()
  }

  private func failure(_ agent: ChatAgent<OpenAI>) async throws -> AgentFailure {
    let failure = try #require(await #expect(throws: AgentFailure.self) { try await ask(agent) })
    #expect(failure.agent == "coder")
    #expect(!"\(failure)\(failure.sentence())".contains(Self.key))
    return failure
  }

  @Test func `a response is streamed, and the request has the form of the API`() async throws {
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

  @Test func `secrets of the rules file's body are redacted in the endpoint's errors`() async throws {
    let server = try ChatServer([
      .head("500 Internal Server Error"), .send(#"{"error":{"message":"no such user: sesame-key, in eu-central"}}"#),
    ])
    let body = [
      BodyValue.Member(key: "user", value: .text(Secret("sesame-key"), written: "${USER_KEY}")),
      BodyValue.Member(key: "region", value: .text(Secret("eu-central"), written: "eu-central")),
    ]
    let agent = ChatAgent<OpenAI>(
      name: "coder", settings: ChatSettings(baseURL: server.url, model: "m", body: body), .test())
    let detail = try await failure(agent).detail
    #expect(detail == "HTTP 500, no such user: <redacted>, in eu-central")
    #expect(try await server.request().body.hasSuffix(#""user":"sesame-key","region":"eu-central"}"#))
  }

  @Test func `the request's path goes before the query of the address`() async throws {
    let server = try ChatServer([.head(), .word("a"), .done])
    _ = try await ask(agent(server.url + "/deployments/d?api-version=2024-10-21"))
    let line = try await server.request().line
    #expect(line == "POST /v1/deployments/d/chat/completions?api-version=2024-10-21 HTTP/1.1")
  }

  @Test(arguments: [nil, ""])
  func `no authorization is sent without an API key`(key: String?) async throws {
    let server = try ChatServer([.head(), .word("a"), .done])
    _ = try await ask(agent(server.url, key: key))
    #expect(try await server.request().headers["authorization"] == nil)
  }

  @Test func `parts are passed on as they come`() async throws {
    let gate = TestGate()
    let server = try ChatServer([.head(), .word("first"), .wait(gate), .word("second"), .done])
    var parts = agent(server.url).respond(to: question).makeAsyncIterator()
    #expect(try await parts.next() == .text("first"))
    gate.open()
    #expect(try await parts.next() == .text("second"))
    #expect(try await parts.next() == nil)
  }

  @Test func `a character that the network cuts is decoded whole`() async throws {
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
    arguments: [
      [.head(), .repeatUntilClosed(Array("data: {\"choices\":[]}\n\n".utf8))], [.hold],
    ] as [[ChatServer.Step]])
  func `cancelling the consumer closes the connection, before and within the response`(steps: [ChatServer.Step])
    async throws
  {
    let server = try ChatServer(steps)
    let agent = agent(server.url)
    let consumer = Task { try await ask(agent) }
    _ = try await server.request()
    consumer.cancel()
    #expect(try await server.next() == .closedByClient)
    _ = await consumer.result
  }

  @Test func `dropping the stream closes the connection`() async throws {
    let server = try ChatServer([.head(), .word("a"), .hold])
    do {
      var parts = agent(server.url).respond(to: question).makeAsyncIterator()
      #expect(try await parts.next() == .text("a"))
    }
    _ = try await server.request()
    #expect(try await server.next() == .closedByClient)
  }

  @Test(
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
  func `each failure of an endpoint has its code`(steps: [ChatServer.Step], code: AgentFailure.Code) async throws {
    let server = try ChatServer(steps)
    let failure = try await failure(agent(server.url))
    #expect(failure.code == code, "\(failure)")
  }

  @Test func `an endpoint that cannot be reached and an invalid address have their codes`() async throws {
    let url = "http://127.0.0.1:\(try TestServer.closedPort())/v1"
    #expect(try await failure(agent(url)).code == .unreachable)
    #expect(try await failure(agent("ftp://example.org/v1")).code == .badAddress)
    #expect(try await failure(agent("http://127.0.0.1:1/v1", key: "sk-very-secret\nX: y")).code == .badAddress)
  }

  @Test func `the head, a comment and reasoning show that the endpoint is at work`() async throws {
    let gates = [TestGate(), TestGate()]
    let server = try ChatServer([
      .head(), .wait(gates[0]), .send(": thinking\n\n"), .wait(gates[1]),
      .event(#"{"choices":[{"delta":{"reasoning":"hm"}}]}"#), .hold,
    ])
    let clock = ManualClock()
    let response = ResponseWriter(
      agent: "coder", limits: AgentLimits(firstByteSeconds: 100, idleSeconds: 10),
      parts: ResponseStream.makeStream().continuation, clock: clock)
    response.beginAttempt()
    let work = Task { [question] in try await agent(server.url).respond(to: question, into: response) }
    for (seconds, gate) in zip(10..., gates) {
      try await wait(for: "a sign") { response.silenceDeadline == .seconds(seconds) }
      clock.advance(by: .seconds(1))
      gate.open()
    }
    try await wait(for: "the last sign") { response.silenceDeadline == .seconds(12) }
    work.cancel()
    _ = await work.result
  }

  @Test(arguments: [("7", 7), ("soon", nil), ("-1", nil)])
  func `a Retry-After in seconds is part of the failure`(value: String, seconds: Int?) async throws {
    let server = try ChatServer([.send("HTTP/1.1 503 Busy\r\nRetry-After: \(value)\r\nConnection: close\r\n\r\n")])
    #expect(try await failure(agent(server.url)).retryAfter == seconds.map { .seconds($0) })
  }

  @Test func `the factory makes an agent under its name`() async throws {
    let server = try ChatServer([.head(), .word("hi"), .done])
    let location = FileLocation(file: "rules.yaml", line: 1, column: 1)
    let agents = AgentFactory(client: HTTPClient(logger: .silent), logger: .silent).agents(for: [
      AgentDefinition(name: "echo", kind: .echo, location: location),
      AgentDefinition(
        name: "coder", kind: .chat(.openai, ChatSettings(baseURL: server.url, model: "m")), location: location),
    ])
    #expect(agents.keys.sorted() == ["coder", "echo"])
    #expect(agents["echo"] is EchoAgent)
    #expect(try await #require(agents["coder"]).respond(to: question).parts() == [.text("hi")])
  }
}
