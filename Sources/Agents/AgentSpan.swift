import Tracing

/// A model behind an endpoint.
struct ModelReference {
  /// The API that the endpoint speaks, as OpenTelemetry names it.
  let provider: String
  let name: String
  /// The endpoint's URL.
  let url: String
}

extension Span {
  /// Starts the span of one attempt to have an agent answer, by OpenTelemetry's conventions for generative AI
  /// (https://opentelemetry.io/docs/specs/semconv/gen-ai/).
  ///
  /// - Parameter model: the model that is asked; `nil` if the agent is a program.
  func attempt(of agent: String, asking model: ModelReference?) -> Span {
    guard let model else {
      return child("invoke_agent \(agent)", [.operation: "invoke_agent", .agent: .string(agent)])
    }
    var attributes: [SpanAttribute: SpanValue] = .server(of: model.url)
    attributes[.operation] = "chat"
    attributes[.agent] = .string(agent)
    attributes[.provider] = .string(model.provider)
    attributes[.requestModel] = .string(model.name)
    return child("chat \(model.name)", kind: .client, attributes)
  }

  /// Marks the operation as failed because of an error of an agent.
  func fail(_ error: any Error, _ failure: AgentFailure) {
    fail(error is CancellationError ? "cancelled" : failure.code.rawValue)
  }
}
