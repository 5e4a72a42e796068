import Core
import RuleEngine

extension AgentType {
  /// The types of models of endpoints.
  static let chatTypes = [openai, anthropic]

  static let openai = chat("openai", Schema.OpenAIAgent.keys, [Schema.OpenAIAgent.section], { .openai($0) }) {
    if case .openai(let settings) = $0 { settings } else { nil }
  }

  static let anthropic = chat(
    "anthropic", Schema.AnthropicAgent.keys, [Schema.AnthropicAgent.section, Schema.Price.section], { .anthropic($0) }
  ) {
    if case .anthropic(let settings) = $0 { settings } else { nil }
  }

  private static func chat(
    _ name: String, _ keys: Schema.ChatKeys, _ sections: [SchemaSection],
    _ kind: @escaping @Sendable (ChatSettings) -> AgentKind,
    settings: @escaping @Sendable (AgentKind) -> ChatSettings?
  ) -> AgentType {
    AgentType(
      name: name, sections: sections, limits: keys.limits, kind: { keys.read($0, &$1).map(kind) },
      written: { settings($0)?.written })
  }
}

extension Schema {
  /// The keys of models of endpoints. Those without a value here differ between APIs.
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
    /// The values of agents that lack the keys.
    var baseURLOtherwise: String?
    var maxTokensOtherwise: Int?
    /// The paths below the address that edgecrab adds, and others of the API: an address may be copied with one of
    /// them.
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

    func read(_ fields: Fields, _ reader: inout RulesReader) -> ChatSettings? {
      let address = reader.value(baseURL, in: fields) ?? baseURLOtherwise
      if let address, let entry = fields[baseURL] { reader.warn(aboutBaseURL: address, self, at: entry.value.span) }
      let model = reader.value(model, in: fields)
      let settings = ChatSettings(
        baseURL: address ?? "", model: model ?? "", apiKey: reader.value(apiKey, in: fields) ?? nil,
        apiKeyReference: fields[apiKey]?.value.reference, system: reader.value(system, in: fields),
        temperature: reader.value(temperature, in: fields),
        maxTokens: reader.value(maxTokens, in: fields) ?? maxTokensOtherwise,
        headers: reader.value(headers, in: fields) ?? [], body: reader.value(body, in: fields) ?? [],
        reasoning: reader.value(reasoning, in: fields) ?? .hide,
        price: reader.value(price, in: fields),
        retries: reader.value(retries, in: fields) ?? ChatSettings.defaultRetries)
      return address == nil || model == nil ? nil : settings
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

extension ChatSettings {
  fileprivate var written: [YAMLEntry] {
    let key = apiKeyReference ?? apiKey.map { "\($0)" }
    return [
      YAMLEntry("base_url", .text(baseURL)), YAMLEntry("model", .text(model)),
      key.map { YAMLEntry("api_key", .word($0)) } ?? .note("api_key", "none is sent"),
      system.map { YAMLEntry("system", .text($0)) } ?? .note("system", "nothing"),
      temperature.map { YAMLEntry("temperature", .decimal($0)) } ?? .note("temperature", "the endpoint's own"),
      maxTokens.map { YAMLEntry("max_tokens", .number(Int64($0))) } ?? .note("max_tokens", "the endpoint's own"),
      .references("headers", headers),
      body.isEmpty ? .note("body", "none") : YAMLEntry("body", BodyValue.map(body).written),
      YAMLEntry("reasoning", .word(reasoning.rawValue)),
      price.map { YAMLEntry("price", .map($0.written)) } ?? .note("price", "not known"),
      YAMLEntry("retries", .number(Int64(retries))),
    ]
  }
}

extension Price {
  fileprivate var written: [YAMLEntry] {
    [
      YAMLEntry("input", .decimal(writtenMillionths(input))), YAMLEntry("output", .decimal(writtenMillionths(output))),
      YAMLEntry("currency", .text(currency)),
    ]
  }
}

extension BodyValue {
  fileprivate var written: YAMLValue {
    switch self {
    case .null: .null
    case .bool(let value): .bool(value)
    case .number(let text): .decimal(text)
    case .text(_, let written): .reference(written)
    case .list(let values): .list(values.map(\.written))
    case .map(let members): .map(members.map { YAMLEntry($0.key, $0.value.written) })
    }
  }
}
