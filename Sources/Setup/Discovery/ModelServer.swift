package import Agents
import ConfigLoader
import Core
import RuleEngine

/// A program on this machine that serves models with OpenAI's API, at its usual address.
package struct ModelServer: Sendable, Equatable {
  package let name: String
  package let baseURL: String

  package init(name: String, baseURL: String) { (self.name, self.baseURL) = (name, baseURL) }

  /// The programs and their ports, as in docs/agents.md.
  package static let usual = [
    ModelServer(name: "Ollama", baseURL: "http://localhost:11434/v1"),
    ModelServer(name: "llama.cpp", baseURL: "http://localhost:8080/v1"),
    ModelServer(name: "LM Studio", baseURL: "http://localhost:1234/v1"),
    ModelServer(name: "vLLM", baseURL: "http://localhost:8000/v1"),
  ]
}

/// A model server that answered, with the names of its models.
package struct FoundServer: Sendable, Equatable {
  package let server: ModelServer
  package let models: [String]

  package init(server: ModelServer, models: [String]) { (self.server, self.models) = (server, models) }
}

extension AgentProbe {
  /// Asks servers for their models, all at once, and returns those that answer, in their order.
  package func find(_ servers: [ModelServer]) async -> [FoundServer] {
    await withTaskGroup(of: (Int, FoundServer?).self) { group in
      for (index, server) in servers.enumerated() {
        group.addTask {
          let listing = await models(at: server.baseURL, .openai, key: nil, within: Limits.discoveryTime)
          guard case .listed(let models) = listing else { return (index, nil) }
          return (index, FoundServer(server: server, models: models))
        }
      }
      var found: [(Int, FoundServer)] = []
      for await case (let index, let server?) in group { found.append((index, server)) }
      return found.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  /// Asks an endpoint for its models. Names that cannot be those of models are left out.
  func models(at baseURL: String, _ api: ChatAPI, key: Secret?, within limit: Duration) async -> ModelListing {
    let agent = AgentDefinition(
      name: RulesEdit.agentName, kind: .chat(api, ChatSettings(baseURL: baseURL, model: "", apiKey: key)),
      location: FileLocation(file: "", line: 1, column: 1))
    switch await models(of: agent, within: limit) {
    case .listed(let names)?: return .listed(names.prefix(Limits.modelsMax).filter(\.isModelName))
    case let listing?: return listing
    case nil: return .listed([])
    }
  }
}

extension String {
  /// Indicates whether this can be the name of a model: printable, on one line and not too long.
  var isModelName: Bool {
    !isEmpty && unicodeScalars.count <= Limits.modelScalarsMax && self == singleLine(atMost: Limits.modelScalarsMax)
  }
}
