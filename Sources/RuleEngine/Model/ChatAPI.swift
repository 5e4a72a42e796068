/// An HTTP API of models.
///
/// A new one needs a case and its row here; the keys of its agents, the schema and the reference follow. The compiler
/// asks for its implementation in `AgentFactory`.
package enum ChatAPI: String, Sendable, CaseIterable {
  case openai, anthropic

  package var definition: Definition {
    switch self {
    case .openai:
      Definition(
        doc: "Any OpenAI-compatible endpoint.", temperatureMax: 2,
        endpointPaths: ["/chat/completions", "/completions", "/responses", "/models"])
    case .anthropic:
      Definition(
        doc: "Anthropic's Messages API.", temperatureMax: 1, endpointPaths: ["/messages", "/complete", "/models"],
        baseURL: "https://api.anthropic.com/v1", maxTokens: Self.anthropicMaxTokens)
    }
  }

  /// The API requires `max_tokens`, and every model accepts this one.
  package static let anthropicMaxTokens = 4_096

  /// The facts of an API that rules files show.
  package struct Definition: Sendable {
    /// The API as the reference describes it.
    package let doc: String
    /// The highest sampling temperature.
    package let temperatureMax: Int
    /// The paths below the address that edgecrab adds, and others of the API: an address may be copied with one of
    /// them.
    package let endpointPaths: [String]
    /// The address of agents that have none; `nil` if they need one.
    package let baseURL: String?
    /// The most tokens of an answer for agents that do not say; `nil` for the endpoint's own.
    package let maxTokens: Int?

    init(
      doc: String, temperatureMax: Int, endpointPaths: [String], baseURL: String? = nil, maxTokens: Int? = nil
    ) {
      self.doc = doc
      self.temperatureMax = temperatureMax
      self.endpointPaths = endpointPaths
      self.baseURL = baseURL
      self.maxTokens = maxTokens
    }
  }
}
