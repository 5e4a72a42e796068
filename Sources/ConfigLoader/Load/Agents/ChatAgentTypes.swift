import Core
import RuleEngine

extension AgentType {
  /// The types of models of endpoints.
  static let chatTypes = ChatAPI.allCases.map { api in
    let keys = Schema.ChatKeys(api)
    return AgentType(
      name: api.rawValue, sections: [keys.section], limits: keys.limits,
      kind: { fields, reader in keys.read(fields, &reader).map { .chat(api, $0) } },
      written: { kind in if case .chat(api, let settings) = kind { settings.written } else { nil } })
  }
}

extension Schema {
  /// The keys of models of endpoints. Those without a value here differ between APIs.
  struct ChatKeys {
    let api: ChatAPI
    let type: Key<String>
    let baseURL: Key<String>
    let model = Key("model", Values.text, isRequired: true, "The model's name at the endpoint.")
    let apiKey = Key(
      "api_key", Values.secret, otherwise: "none is sent",
      "The variable that holds the API key: a rules file contains no secrets. If it is empty, no key is sent.")
    let system = Key("system", Values.text, otherwise: "nothing", "The system prompt.")
    let temperature: Key<String>
    let maxTokens: Key<Int>
    let headers = Key(
      "headers", Values.headers, otherwise: "none",
      "Additional headers for each request; take secret values from variables.")
    let body = Key(
      "body", Values.body, otherwise: "none",
      "Additional keys for the request body, sent as JSON."
    )
    let reasoning = Key(
      "reasoning", Values.choice(ReasoningPolicy.self), fallback: .string(ReasoningPolicy.hide.rawValue),
      "`hide` omits the model's thinking; `show` posts it above the answer as a quotation.")
    let price = Key(
      "price", Values.price, otherwise: "unknown", "The price of a million tokens; `usage` shows the total cost.")
    let retries = Key(
      "retries", Values.integer(0...5), fallback: .int(ChatSettings.defaultRetries),
      "How often a failed request is retried, if no part of the answer has arrived and the error may be temporary.")
    let limits = LimitKeys(.model)

    init(_ api: ChatAPI) {
      self.api = api
      let definition = api.definition
      type = Key("type", Values.word(api.rawValue), isRequired: true, definition.doc)
      baseURL = Key(
        "base_url", Values.address, isRequired: definition.baseURL == nil,
        fallback: definition.baseURL.map { .string($0) }, "The endpoint's address, up to and including `/v1`.")
      temperature = Key(
        "temperature", Values.decimal(0...definition.temperatureMax), otherwise: "the endpoint's default",
        "The sampling temperature.")
      let maxTokensDoc = "The maximum number of tokens in an answer."
      maxTokens =
        if let fallback = definition.maxTokens {
          Key("max_tokens", Values.integer(1...1_000_000), fallback: .int(fallback), maxTokensDoc)
        } else {
          Key("max_tokens", Values.integer(1...1_000_000), otherwise: "the endpoint's default", maxTokensDoc)
        }
    }

    var section: SchemaSection {
      SchemaSection(
        name: "\(api.rawValue) agent", phrase: "an `\(api.rawValue)` agent",
        keys: [
          type.row, baseURL.row, model.row, apiKey.row, system.row, temperature.row, maxTokens.row, headers.row,
          body.row, reasoning.row, price.row, retries.row,
        ] + limits.rows)
    }

    func read(_ fields: Fields, _ reader: inout RulesReader) -> ChatSettings? {
      let address = reader.value(baseURL, in: fields) ?? api.definition.baseURL
      if let address, let entry = fields[baseURL] { reader.warn(aboutBaseURL: address, api, at: entry.value.span) }
      let model = reader.value(model, in: fields)
      let settings = ChatSettings(
        baseURL: address ?? "", model: model ?? "", apiKey: reader.value(apiKey, in: fields) ?? nil,
        apiKeyReference: fields[apiKey]?.value.reference, system: reader.value(system, in: fields),
        temperature: reader.value(temperature, in: fields),
        maxTokens: reader.value(maxTokens, in: fields) ?? api.definition.maxTokens,
        headers: reader.value(headers, in: fields) ?? [], body: reader.value(body, in: fields) ?? [],
        reasoning: reader.value(reasoning, in: fields) ?? .hide,
        price: reader.value(price, in: fields),
        retries: reader.value(retries, in: fields) ?? ChatSettings.defaultRetries)
      return address == nil || model == nil ? nil : settings
    }
  }

  enum Price {
    static let input = Key(
      "input", Values.millionths(0...1_000_000), isRequired: true, "The price of a million input tokens."
    )
    static let output = Key(
      "output", Values.millionths(0...1_000_000), isRequired: true, "The price of a million output tokens.")
    static let currency = Key(
      "currency", Values.currency, fallback: .string(RuleEngine.Price.defaultCurrency),
      "The three-letter code of the currency.")
    static let section = SchemaSection(
      name: "price", phrase: "`price`", keys: [input.row, output.row, currency.row])
  }
}

extension ChatSettings {
  fileprivate var written: [YAMLEntry] {
    let key = apiKeyReference ?? apiKey.map { "\($0)" }
    return [
      YAMLEntry("base_url", .text(baseURL)), YAMLEntry("model", .text(model)),
      key.map { YAMLEntry("api_key", .word($0)) } ?? .note("api_key", "none is sent"),
      system.map { YAMLEntry("system", .text($0)) } ?? .note("system", "nothing"),
      temperature.map { YAMLEntry("temperature", .decimal($0)) } ?? .note("temperature", "the endpoint's default"),
      maxTokens.map { YAMLEntry("max_tokens", .number(Int64($0))) } ?? .note("max_tokens", "the endpoint's default"),
      .references("headers", headers),
      body.isEmpty ? .note("body", "none") : YAMLEntry("body", BodyValue.map(body).written),
      YAMLEntry("reasoning", .word(reasoning.rawValue)),
      price.map { YAMLEntry("price", .map($0.written)) } ?? .note("price", "unknown"),
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
