public import Logging
public import RuleEngine
public import Transport
import Vocabulary

/// Anthropic's Messages API, streamed.
///
/// API reference: https://docs.anthropic.com/en/api/messages-streaming
public struct AnthropicAgent: Agent {
  /// A model that has no tools does nothing but answer.
  public let isRepeatable = true

  private let exchange: ChatExchange

  /// The version of the API that is spoken.
  static let version = "2023-06-01"

  /// Makes an agent that goes by `name`, as the rules file calls it.
  public init(name: String, settings: ChatSettings, client: HTTPClient, logger: Logger) {
    exchange = ChatExchange(name: name, settings: settings, client: client, logger: logger)
  }

  /// Asks the endpoint. The stream throws `AgentFailure`.
  public func answer(_ request: AgentRequest) -> AsyncThrowingStream<AgentPart, any Error> {
    exchange.answer(as: AnthropicAnswer.self, to: request) { [exchange] talk in
      let headers = [("anthropic-version", Self.version)] + (exchange.key.map { [("x-api-key", $0)] } ?? [])
      return exchange.request(
        to: "messages", headers: headers, body: Array(talk.anthropic(exchange.settings).text.utf8))
    }
  }
}
