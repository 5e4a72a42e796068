import Agents
import Logging
import Setup
import TestSupport
import Testing
import Transport

/// The search for model servers on this machine.
@Suite struct ModelServerTests {
  private let probe = AgentProbe(client: HTTPClient(logger: .silent), environment: [:], logger: .silent)

  private func server(_ name: String, _ body: String, status: String = "200 OK") throws -> ModelServer {
    ModelServer(name: name, baseURL: try ChatServer([.head(status, type: "application/json"), .send(body)]).url)
  }

  @Test func `servers that list models are found in their order, and others are ignored`() async throws {
    let servers = [
      try server("first", #"{"data":[{"id":"b"},{"id":"a"}]}"#),
      ModelServer(name: "closed", baseURL: "http://127.0.0.1:\(try TestServer.closedPort())/v1"),
      try server("page", "<html>hello</html>"),
      try server("failing", "{}", status: "500 Internal Server Error"),
      try server("empty", #"{"data":[]}"#),
    ]
    let found = await probe.find(servers)
    #expect(
      found == [FoundServer(server: servers[0], models: ["b", "a"]), FoundServer(server: servers[4], models: [])])
  }

  @Test func `a server that never answers does not hold up the others`() async throws {
    let silent = ModelServer(name: "silent", baseURL: try ChatServer([.hold]).url)
    let talking = try server("talking", #"{"data":[{"id":"a"}]}"#)
    #expect(await probe.find([silent, talking]).map(\.server) == [talking])
  }

  @Test func `a list without an end is given up`() async throws {
    let endless = ModelServer(
      name: "endless",
      baseURL: try ChatServer([
        .head(type: "application/json"), .repeatUntilClosed(Array(repeating: 0x20, count: 4096)),
      ]).url)
    #expect(await probe.find([endless]).isEmpty)
  }

  @Test func `names that could move the cursor or flood the screen are left out`() async throws {
    let long = String(repeating: "x", count: 300)
    let hostile = try server(
      "hostile", #"{"data":[{"id":"a\u001b[2Jb"},{"id":"ok:7b"},{"id":"\#(long)"},{"id":""},{"id":"a\nb"}]}"#)
    #expect(await probe.find([hostile]).map(\.models) == [["ok:7b"]])
  }
}
