import Core
package import Logging
package import RuleEngine
package import Transport

/// Anthropic's Messages API, streamed.
///
/// API reference: https://docs.anthropic.com/en/api/messages-streaming
package struct AnthropicAgent: Agent {
  /// A model that has no tools does nothing but answer.
  package let isIdempotent = true

  private let exchange: ChatClient

  /// The version of the API that is spoken.
  static let version = "2023-06-01"

  /// Makes an agent that goes by `name`, as the rules file calls it.
  package init(name: String, settings: ChatSettings, client: HTTPClient, logger: Logger) {
    exchange = ChatClient(name: name, settings: settings, client: client, logger: logger)
  }

  /// Asks the endpoint. The stream throws `AgentFailure`.
  package func answer(_ request: AgentRequest) -> AsyncThrowingStream<ResponsePart, any Error> {
    exchange.answer(as: AnthropicEventReader.self, to: request) { [exchange] talk in
      let headers = [("anthropic-version", Self.version)] + (exchange.key.map { [("x-api-key", $0)] } ?? [])
      return exchange.request(
        to: "messages", headers: headers, body: Array(talk.anthropic(exchange.settings).text.utf8))
    }
  }
}
