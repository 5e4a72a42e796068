import Core
import Tracing

extension Span {
  /// Starts the span of a request to the REST API, by OpenTelemetry's conventions for HTTP clients
  /// (https://opentelemetry.io/docs/specs/semconv/http/http-spans/).
  func call(_ endpoint: APIEndpoint, at address: WebAddress) -> Span {
    let template = "/api/v4" + endpoint.route
    var attributes: [SpanAttribute: SpanValue] = .server(of: address.text)
    (attributes[.method], attributes[.urlTemplate]) = (.string(endpoint.method), .string(template))
    return child("\(endpoint.method) \(template)", kind: .client, attributes)
  }
}
