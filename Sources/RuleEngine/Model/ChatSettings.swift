package import Core

/// The endpoint of a model and the parameters of its requests.
package struct ChatSettings: Sendable, Equatable {
  /// The address up to and including `/v1`, without a trailing slash, and the query of every request.
  package var baseURL: String
  package var model: String
  /// The key; `nil` for none.
  package var apiKey: Secret?
  /// The variable in the file that has the key: `${OPENAI_API_KEY}`.
  package var apiKeyReference: String?
  /// The system prompt.
  package var system: String?
  /// The sampling temperature, from 0 to 2, as a decimal number; `nil` for the default of the endpoint.
  package var temperature: String?
  /// The most tokens of an answer; `nil` for the default of the endpoint.
  package var maxTokens: Int?
  /// Headers in addition to those of every request.
  package var headers: [NamedValue]
  /// Keys of a request's body in addition to those of every request.
  package var body: [BodyValue.Member]
  /// The treatment of the model's reasoning.
  package var reasoning: ReasoningPolicy
  /// The price of its tokens; `nil` if it is not stated.
  package var price: Price?
  /// The most retries of a request after temporary failures.
  package var retries: Int

  /// The `retries` of a file that names none.
  package static let defaultRetries = 2

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

/// A value that a rules file adds to the body of a request.
package indirect enum BodyValue: Sendable, Equatable {
  case null
  case bool(Bool)
  /// A number, as RFC 8259, section 6, writes it.
  case number(String)
  /// A text, which may be a secret, and its form in the file, variables not substituted.
  case text(Secret, written: String)
  case list([BodyValue])
  /// A map, in the order of the file.
  case map([Member])

  /// A key of a map and its value.
  package struct Member: Sendable, Equatable {
    package let key: String
    package let value: BodyValue

    package init(key: String, value: BodyValue) {
      self.key = key
      self.value = value
    }
  }

  /// The value as it is sent, secrets included.
  package var exposed: JSON {
    switch self {
    case .null: .null
    case .bool(let value): .bool(value)
    case .number(let text): .number(text)
    case .text(let text, _): .string(text.exposed)
    case .list(let values): .array(values.map(\.exposed))
    case .map(let members): .object(members.map { JSON.Member(key: $0.key, value: $0.value.exposed) })
    }
  }

  /// The texts in it that contain variables.
  package var secrets: [Secret] {
    switch self {
    case .text(let text, let written): text.exposed == written ? [] : [text]
    case .list(let values): values.flatMap(\.secrets)
    case .map(let members): members.flatMap(\.value.secrets)
    case .null, .bool, .number: []
    }
  }
}

/// The price of a model's tokens.
package struct Price: Sendable, Equatable {
  /// The price of a million input tokens, in millionths of the currency.
  package var input: Int
  /// The price of a million output tokens, in millionths of the currency.
  package var output: Int
  /// The currency by its three letters (ISO 4217).
  package var currency: String

  /// The currency of a file that names none.
  package static let defaultCurrency = "USD"

  package init(input: Int, output: Int, currency: String = defaultCurrency) {
    self.input = input
    self.output = output
    self.currency = currency
  }
}

/// The treatment of a model's reasoning, which some endpoints send with its answers.
package enum ReasoningPolicy: String, Sendable, CaseIterable {
  /// It is left out.
  case hide
  /// It is posted above the answer as a quotation, and stored with it.
  case show
}
