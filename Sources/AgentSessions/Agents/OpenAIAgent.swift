package import Logging
package import RuleEngine
package import Transport
import Core

/// Any endpoint that speaks OpenAI's `POST /chat/completions`, streamed.
package struct OpenAIAgent: Agent {
  /// A model that has no tools does nothing but answer.
  package let isRepeatable = true

  private let exchange: ChatExchange

  /// Makes an agent that goes by `name`, as the rules file calls it.
  package init(name: String, settings: ChatSettings, client: HTTPClient, logger: Logger) {
    exchange = ChatExchange(name: name, settings: settings, client: client, logger: logger)
  }

  /// Asks the endpoint. The stream throws `AgentFailure`.
  package func answer(_ request: AgentRequest) -> AsyncThrowingStream<AgentPart, any Error> {
    exchange.answer(as: OpenAIAnswer.self, to: request) { [exchange] talk in
      let headers = exchange.key.map { [("Authorization", "Bearer \($0)")] } ?? []
      return exchange.request(
        to: "chat/completions", headers: headers, body: Array(talk.openAI(exchange.settings).text.utf8))
    }
  }
}
