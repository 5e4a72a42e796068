package import Core

/// How to reach a model behind an HTTP endpoint, and how it is asked.
package struct ChatSettings: Sendable, Equatable {
  /// The address up to and including `/v1`, without a trailing slash, and the query that every request has behind its path.
  package var baseURL: String
  /// The model's name.
  package var model: String
  /// The key; nil sends none.
  package var apiKey: Secret?
  /// How the file names the key, which never stands in it: `${OPENAI_API_KEY}`.
  package var apiKeyReference: String?
  /// What the model is told before the conversation.
  package var system: String?
  /// How much chance there is in an answer, from 0 to 2, as a decimal number; nil is the endpoint's own.
  package var temperature: String?
  /// The most tokens of an answer; nil is the endpoint's own.
  package var maxTokens: Int?
  /// Headers beside those that every request has.
  package var headers: [NamedValue]
  /// Keys of a request's body beside those that every request has.
  package var body: [BodyValue.Member]
  /// What becomes of the model's thinking.
  package var reasoning: ReasoningPolicy
  /// What its tokens cost; nil where nobody says.
  package var price: Price?
  /// How often it is asked once more where its trouble may pass.
  package var retries: Int

  /// Where Anthropic's own endpoint is.
  package static let anthropicURL = "https://api.anthropic.com/v1"

  /// The `max_tokens` of an `anthropic` agent that names none: the API wants one, and every model takes as many.
  package static let anthropicMaxTokens = 4_096

  /// The `retries` of a file that names none.
  package static let defaultRetries = 2

  /// States how to reach it.
  package init(
    baseURL: String, model: String, apiKey: Secret? = nil, apiKeyReference: String? = nil, system: String? = nil,
    temperature: String? = nil, maxTokens: Int? = nil, headers: [NamedValue] = [],
    body: [BodyValue.Member] = [], reasoning: ReasoningPolicy = .hide, price: Price? = nil,
    retries: Int = defaultRetries
  ) {
    self.baseURL = baseURL
    self.model = model
    self.apiKey = apiKey
    self.apiKeyReference = apiKeyReference
    self.system = system
    self.temperature = temperature
    self.maxTokens = maxTokens
    self.headers = headers
    self.body = body
    self.reasoning = reasoning
    self.price = price
    self.retries = retries
  }
}
