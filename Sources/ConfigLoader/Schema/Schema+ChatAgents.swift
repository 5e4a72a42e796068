import Core
import RuleEngine

extension Schema {
  /// The keys that the agents of models behind endpoints share, with what differs between them.
  struct ChatKeys {
    let type: Key<String>
    let baseURL: Key<String>
    let model = Key("model", Values.text, isRequired: true, "The model's name at the endpoint.")
    let apiKey = Key(
      "api_key", Values.secret, otherwise: "none is sent",
      "The variable that holds the key: no secret stands in the file. An empty one sends none.")
    let system = Key("system", Values.text, otherwise: "nothing", "What the model is told before the conversation.")
    let temperature: Key<String>
    let maxTokens: Key<Int>
    /// What holds without them, where a value says so.
    var baseURLOtherwise: String?
    var maxTokensOtherwise: Int?
    /// The paths that an address may be copied with: that which edgecrab adds, and its siblings.
    let endpointPaths: [String]
    let headers = Key(
      "headers", Values.headers, otherwise: "none",
      "Headers beside those that every request has; what is secret in them comes from a variable.")
    let body = Key(
      "body", Values.body, otherwise: "none",
      "Keys of the request's body beside those that edgecrab sets, sent as JSON."
    )
    let reasoning = Key(
      "reasoning", Values.choice(ReasoningPolicy.self), fallback: .string(ReasoningPolicy.hide.rawValue),
      "What becomes of the model's thinking: left out, or posted above the answer as a quotation.")
    let price = Key(
      "price", Values.price, otherwise: "not known", "What a million of its tokens cost; `usage` tells the sum.")
    let retries = Key(
      "retries", Values.integer(0...5), fallback: .int(ChatSettings.defaultRetries),
      "How often it is asked once more, after a pause, while nothing of an answer has come and its trouble may pass.")
    let limits = LimitKeys(.model)

    static func temperature(_ range: ClosedRange<Int>) -> Key<String> {
      Key(
        "temperature", Values.decimal(range), otherwise: "the endpoint's own",
        "How much chance there is in an answer.")
    }

    func section(_ type: String) -> SchemaSection {
      SchemaSection(
        name: "\(type) agent", phrase: "an `\(type)` agent",
        keys: [
          self.type.row, baseURL.row, model.row, apiKey.row, system.row, temperature.row, maxTokens.row, headers.row,
          body.row, reasoning.row, price.row, retries.row,
        ] + limits.rows)
    }
  }

  enum Price {
    static let input = Key(
      "input", Values.millionths(0...1_000_000), isRequired: true, "The price of a million tokens that the model reads."
    )
    static let output = Key(
      "output", Values.millionths(0...1_000_000), isRequired: true, "The price of a million tokens that it writes.")
    static let currency = Key(
      "currency", Values.currency, fallback: .string(RuleEngine.Price.defaultCurrency),
      "The currency by its three letters.")
    static let section = SchemaSection(
      name: "price", phrase: "`price`", keys: [input.row, output.row, currency.row])
  }

  enum OpenAIAgent {
    static let keys = ChatKeys(
      type: Key("type", Values.word("openai"), isRequired: true, "Any OpenAI-compatible endpoint."),
      baseURL: Key(
        "base_url", Values.address, isRequired: true, "The endpoint's address, up to and including `/v1`."),
      temperature: ChatKeys.temperature(0...2),
      maxTokens: Key(
        "max_tokens", Values.integer(1...1_000_000), otherwise: "the endpoint's own",
        "The most tokens of an answer."),
      endpointPaths: ["/chat/completions", "/completions", "/responses", "/models"])
    static let section = keys.section("openai")
  }

  enum AnthropicAgent {
    static let keys = ChatKeys(
      type: Key("type", Values.word("anthropic"), isRequired: true, "Anthropic's Messages API."),
      baseURL: Key(
        "base_url", Values.address, fallback: .string(ChatSettings.anthropicURL),
        "The endpoint's address, up to and including `/v1`."),
      temperature: ChatKeys.temperature(0...1),
      maxTokens: Key(
        "max_tokens", Values.integer(1...1_000_000), fallback: .int(ChatSettings.anthropicMaxTokens),
        "The most tokens of an answer."),
      baseURLOtherwise: ChatSettings.anthropicURL, maxTokensOtherwise: ChatSettings.anthropicMaxTokens,
      endpointPaths: ["/messages", "/complete", "/models"])
    static let section = keys.section("anthropic")
  }
}
