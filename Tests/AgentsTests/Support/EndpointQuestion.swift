import Core
import Logging
import RuleEngine
import TestSupport
import Transport

@testable import Agents

/// A question to an endpoint on loopback by an agent from the factory.
struct EndpointQuestion {
  var api = ChatAPI.openai
  var settings = ChatSettings(baseURL: "", model: "m", apiKey: Secret("sk-very-secret"), retries: 0)
  var history: [HistoryEntry] = []
  var message = "the question"
  var logger = Logger.silent

  /// Asks, and returns the text for people: the answer with its note, or the failure's code after a `!`.
  func ask(_ server: ChatServer) async throws -> String {
    var (answer, note) = ("", "")
    do {
      for try await part in try agent(server).respond(to: request) {
        switch part {
        case .text(let more): answer += more
        case .retracted(let count): answer.unicodeScalars.removeLast(min(count, answer.unicodeScalars.count))
        case .truncated(let reason): note = "\n\n\(reason.sentence)"
        default: break
        }
      }
    } catch let failure as AgentFailure {
      return "!\(failure.code.rawValue)"
    }
    let end = answer.lastIndex { !$0.isWhitespace }
    return (end.map { String(answer[...$0].drop { $0.isNewline }) } ?? "") + note
  }

  /// Asks an endpoint that sends these bytes.
  func ask(_ steps: [ChatServer.Step]) async throws -> String { try await ask(try ChatServer(steps)) }

  /// Asks, and returns the failure.
  func failure(_ server: ChatServer) async throws -> AgentFailure {
    do {
      _ = try await agent(server).respond(to: request).parts()
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
      name: "coder", kind: .chat(api, settings), limits: .model,
      location: FileLocation(file: "rules.yaml", line: 1, column: 1))
    let agents = AgentFactory(client: HTTPClient(logger: .silent), logger: logger).agents(for: [definition])
    guard let agent = agents["coder"] else { throw TestFailure("no agent") }
    return agent
  }
}
