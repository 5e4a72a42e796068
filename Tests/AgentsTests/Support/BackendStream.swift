import Core
import Logging
import RuleEngine
import TestSupport
import Transport

@testable import Agents

extension AgentResources {
  /// Resources for one test.
  static func test(_ environment: [String: String] = [:], logger: Logger = .silent) -> AgentResources {
    AgentResources(client: HTTPClient(logger: .silent), environment: environment, logger: logger)
  }
}

extension AgentBackend {
  /// Runs the backend without retries and with the longest limits.
  func respond(to request: AgentRequest) -> ResponseStream {
    ResponseStream { parts in
      let response = ResponseWriter(agent: "test", limits: AgentLimits(), parts: parts, clock: ContinuousClock())
      let task = Task {
        do {
          try await respond(to: request, into: response)
          parts.finish()
        } catch {
          parts.finish(throwing: error)
        }
      }
      parts.onTermination = { _ in task.cancel() }
    }
  }
}

extension ResponseStream {
  /// Reads the response to its end.
  func parts() async throws -> [ResponsePart] { try await reduce(into: []) { $0.append($1) } }

  /// Reads the response to its end, and returns its text.
  func text() async throws -> String {
    try await reduce(into: "") { text, part in
      switch part {
      case .text(let more): text += more
      case .retracted(let count): text.unicodeScalars.removeLast(Swift.min(count, text.unicodeScalars.count))
      default: break
      }
    }
  }
}
