public import Vocabulary

/// An agent as the rules file declares it.
public struct AgentDefinition: Sendable, Equatable {
  /// The name by which rules call it.
  public var name: String
  /// What kind it is, with what that kind needs.
  public var kind: AgentKind
  /// Where it stands.
  public var place: SourcePlace

  /// Declares an agent.
  public init(name: String, kind: AgentKind, place: SourcePlace) {
    self.name = name
    self.kind = kind
    self.place = place
  }
}

/// The kinds of agent, with what each needs.
public enum AgentKind: Sendable, Equatable {
  /// Says back what it hears.
  case echo
  /// Any OpenAI-compatible chat endpoint.
  case openai(OpenAISettings)
}

/// How to reach an OpenAI-compatible endpoint.
public struct OpenAISettings: Sendable, Equatable {
  /// The address up to and including `/v1`, without a trailing slash.
  public var baseURL: String
  /// The model's name.
  public var model: String
  /// The key; nil sends none.
  public var apiKey: Secret?
  /// How the file names the key, which never stands in it: `${OPENAI_API_KEY}`.
  public var apiKeyReference: String?
  /// What the model is told before the conversation.
  public var system: String?

  /// States how to reach it.
  public init(
    baseURL: String, model: String, apiKey: Secret? = nil, apiKeyReference: String? = nil, system: String? = nil
  ) {
    self.baseURL = baseURL
    self.model = model
    self.apiKey = apiKey
    self.apiKeyReference = apiKeyReference
    self.system = system
  }
}
