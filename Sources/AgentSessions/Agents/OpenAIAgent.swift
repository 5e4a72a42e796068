import Core
package import Logging
package import RuleEngine
package import Transport

/// Any endpoint that speaks OpenAI's `POST /chat/completions`, streamed.
package struct OpenAIAgent: Agent {
  /// A model that has no tools does nothing but answer.
  package let isIdempotent = true

  private let exchange: ChatClient

  /// Makes an agent that goes by `name`, as the rules file calls it.
  package init(name: String, settings: ChatSettings, client: HTTPClient, logger: Logger) {
    exchange = ChatClient(name: name, settings: settings, client: client, logger: logger)
  }

  /// Asks the endpoint. The stream throws `AgentFailure`.
  package func answer(_ request: AgentRequest) -> AsyncThrowingStream<ResponsePart, any Error> {
    exchange.answer(as: OpenAIEventReader.self, to: request) { [exchange] talk in
      let headers = exchange.key.map { [("Authorization", "Bearer \($0)")] } ?? []
      return exchange.request(
        to: "chat/completions", headers: headers, body: Array(talk.openAI(exchange.settings).text.utf8))
    }
  }
}
