import Core

/// An attribute of a span. These are all that a span can have: none holds what people write or their names.
///
/// The names are those of OpenTelemetry's semantic conventions, https://opentelemetry.io/docs/specs/semconv/, but for
/// those that begin with `edgecrab`.
package enum SpanAttribute: String, Sendable, CaseIterable {
  /// The kind of failure, one of a few words.
  case errorType = "error.type"

  // MARK: Posts and turns

  case messagingSystem = "messaging.system"
  case messagingOperation = "messaging.operation.type"
  /// The id of the post.
  case messageID = "messaging.message.id"
  /// The kind of outcome of the rules.
  case decision = "edgecrab.decision"
  /// The name of the rule.
  case rule = "edgecrab.rule"
  /// The name of the agent in the rules file.
  case agent = "gen_ai.agent.name"
  /// The way in which a turn ended.
  case turnEnd = "edgecrab.turn.end"
  /// True if the message is from before a restart.
  case isResumed = "edgecrab.resumed"

  // MARK: Agents

  case operation = "gen_ai.operation.name"
  /// The API that the endpoint speaks.
  case provider = "gen_ai.provider.name"
  case requestModel = "gen_ai.request.model"
  case responseModel = "gen_ai.response.model"
  case finishReasons = "gen_ai.response.finish_reasons"
  case inputTokens = "gen_ai.usage.input_tokens"
  case outputTokens = "gen_ai.usage.output_tokens"

  // MARK: Requests

  case method = "http.request.method"
  case status = "http.response.status_code"
  /// The path with placeholders for ids.
  case urlTemplate = "url.template"
  case serverAddress = "server.address"
  case serverPort = "server.port"
}

/// The value of an attribute.
package enum SpanValue: Sendable, Equatable {
  case string(String)
  case strings([String])
  case int(Int)
  case bool(Bool)

  /// The value with texts, which servers may have written, as bounded lines.
  var bounded: SpanValue {
    switch self {
    case .string(let text): .string(text.singleLine(atMost: Limits.valueScalarsMax))
    case .strings(let texts):
      .strings(texts.prefix(Limits.valuesMax).map { $0.singleLine(atMost: Limits.valueScalarsMax) })
    case .int, .bool: self
    }
  }
}

extension SpanValue: ExpressibleByStringInterpolation {
  package init(stringLiteral value: String) { self = .string(value) }
}

extension [SpanAttribute: SpanValue] {
  /// The attributes of the server at an http or https URL.
  package static func server(of url: String) -> Self {
    guard let scheme = url.firstRange(of: "://") else { return [:] }
    let authority = url[scheme.upperBound...].prefix { !"/?#".contains($0) }
    // The colons of an IPv6 address are within its brackets.
    let host = authority.first == "[" ? authority.prefix { $0 != "]" }.dropFirst() : authority.prefix { $0 != ":" }
    let port = authority.split(separator: ":").last.flatMap { $0.last == "]" ? nil : Int($0) }
    return [
      .serverAddress: .string(String(host)),
      .serverPort: .int(port ?? (url[..<scheme.lowerBound].lowercased() == "https" ? 443 : 80)),
    ]
  }
}
