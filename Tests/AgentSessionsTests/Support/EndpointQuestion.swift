import Core
import Logging
import RuleEngine
import TestSupport
import Transport

@testable import AgentSessions

/// A question to an endpoint on loopback by an agent that the factory makes, with all that surrounds one.
struct EndpointQuestion {
  enum API { case openai, anthropic }

  var api = API.openai
  var settings = ChatSettings(baseURL: "", model: "m", apiKey: Secret("sk-very-secret"), retries: 0)
  var history: [HistoryEntry] = []
  var message = "the question"
  var logger = Logger.silent

  /// Asks, and returns what people would read: the answer with its note, or the failure's code behind a `!`.
  func ask(_ server: ChatServer) async throws -> String {
    let answer = ResponseBuffer()
    do {
      try await answer.collect(agent(server).answer(request))
    } catch let failure as AgentFailure {
      return "!\(failure.code.rawValue)"
    }
    return await answer.text ?? ""
  }

  /// Asks an endpoint that sends these bytes.
  func ask(_ steps: [ChatServer.Step]) async throws -> String { try await ask(try ChatServer(steps)) }

  /// Asks, and returns why there is no answer.
  func failure(_ server: ChatServer) async throws -> AgentFailure {
    do {
      _ = try await agent(server).answer(request).said()
    } catch let failure as AgentFailure {
      return failure
    }
    throw TestFailure("an answer, where there should be none")
  }

  private var request: AgentRequest {
    AgentRequest(history: history, message: message, speaker: "alice", sessionID: "s")
  }

  private func agent(_ server: ChatServer) throws -> any Agent {
    var settings = settings
    settings.baseURL = server.url
    let definition = AgentDefinition(
      name: "coder", kind: api == .openai ? .openai(settings) : .anthropic(settings), limits: .model,
      location: FileLocation(file: "rules.yaml", line: 1, column: 1))
    let agents = AgentFactory(client: HTTPClient(logger: .silent), logger: logger).agents(for: [definition])
    guard let agent = agents["coder"] else { throw TestFailure("no agent") }
    return agent
  }
}
