import Core
import Logging
import RuleEngine
import Tracing
import Transport

/// The requests and responses of a `ChatAPI`. One file holds all that is particular to an API.
protocol ChatWireFormat: SendableMetatype {
  /// The API's name in OpenTelemetry's conventions.
  static var provider: String { get }

  /// The path of requests, below the endpoint's address.
  static var path: String { get }

  /// The query of the list of models, or `nil` if it needs none.
  static var modelsQuery: String? { get }

  /// The key at which a response says why it ends, for the log.
  static var finishReasonKey: String { get }

  /// The headers that an API adds to every request, with the API key if there is one.
  static func headers(key: String?) -> [(String, String)]

  /// The body of a request.
  static func body(_ transcript: ChatTranscript, _ settings: ChatSettings) -> JSON

  /// Reads an event of a streamed response, or the body of one that is not streamed. What is not understood counts as
  /// absent.
  static func event(_ json: LenientJSON) -> ChatEvent
}

/// A model behind an HTTP endpoint.
///
/// Cancelling a request closes its connection, so that the endpoint stops working on it.
struct ChatAgent<Format: ChatWireFormat>: AgentBackend {
  /// A model without tools does nothing but answer.
  let isIdempotent = true
  let mayBlock = false
  let name: String
  let settings: ChatSettings
  let client: HTTPClient
  let logger: Logger

  var retries: Int { settings.retries }

  var model: ModelReference? {
    ModelReference(provider: Format.provider, name: settings.model, url: settings.baseURL)
  }

  /// The API key, or `nil`: `${OPENAI_API_KEY:-}` leaves it empty if none is needed.
  var key: String? { settings.apiKey.flatMap { $0.exposed.isEmpty ? nil : $0.exposed } }

  func respond(to request: AgentRequest, into response: ResponseWriter) async throws {
    let transcript = await ChatTranscript(request, logger: logger)
    do {
      try await stream(httpRequest(transcript), to: response)
    } catch let failure as ChatFailure {
      let detail = transcript.redactingTranscript(in: redactingValues(in: failure.detail))
      throw AgentFailure(failure.code, agent: name, detail: detail, retryAfter: failure.retryAfter)
    }
  }

  func probe() async -> AgentProbeResult? { await EndpointProbe(self).result() }

  func models(within limit: Duration) async -> ModelListing? { await EndpointProbe(self).models(within: limit) }

  /// Returns a path below the endpoint's address, before the query that the address may have.
  func url(_ path: String, query: String? = nil) -> String {
    let parts = settings.baseURL.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let query = (parts.dropFirst() + [query].compactMap(\.self)).joined(separator: "&")
    return parts[0] + (parts[0].hasSuffix("/") ? "" : "/") + path + (query.isEmpty ? "" : "?" + query)
  }

  /// The headers that the rules file adds.
  var ownHeaders: [(String, String)] { settings.headers.map { ($0.name, $0.value.exposed) } }

  /// The header that tells the endpoint which span it works for, unless the rules file sets it.
  private var traceHeaders: [(String, String)] {
    let name = "traceparent"
    guard let span = Span.current, !settings.headers.contains(where: { $0.name.lowercased() == name }) else {
      return []
    }
    return [(name, span.context.traceparent)]
  }

  private func httpRequest(_ transcript: ChatTranscript) -> HTTPRequest {
    let common = [("Content-Type", "application/json"), ("Accept", "text/event-stream, application/json")]
    return HTTPRequest(
      "POST", url(Format.path), headers: common + traceHeaders + Format.headers(key: key) + ownHeaders,
      body: .bytes(Array(Format.body(transcript, settings).text.utf8)),
      timeLimit: nil, bodyBytesMax: Limits.exchangeBytesMax)
  }

  private func stream(_ request: HTTPRequest, to response: ResponseWriter) async throws {
    let stream: HTTPStream
    do {
      stream = try await client.stream(request)
    } catch {
      throw ChatFailure(error, hasBegun: false)
    }
    Span.current?.set(.status, .int(stream.status))
    guard stream.status == 200 else { throw await failure(of: stream) }
    response.keepAlive()
    var body = try ChatBodyParser<Format>(
      contentType: stream.headers["Content-Type"], reasoning: settings.reasoning, hiding: key)
    do {
      for try await bytes in stream {
        let parts = try body.parse(bytes)
        // Reasoning and comments say nothing to people, but show that the endpoint is at work.
        if parts.isEmpty { response.keepAlive() }
        for part in parts { response.write(priced(part)) }
        if body.isDone { break }
      }
    } catch let error as TransportError {
      throw ChatFailure(error, hasBegun: true)
    }
    let last = try body.end()
    Span.current?.set(body.response)
    for part in last { response.write(priced(part)) }
    logger.debug("answer read", metadata: ["agent": "\(name)"])
  }

  private func priced(_ part: ResponsePart) -> ResponsePart {
    guard case .usage(var usage) = part else { return part }
    usage.cost = settings.price?.cost(of: usage)
    return .usage(usage)
  }

  /// Reads the body of an error response.
  private func failure(of response: HTTPStream) async -> ChatFailure {
    var body: [UInt8] = []
    do {
      for try await bytes in response {
        body += bytes
        if body.count >= Limits.errorBodyBytesMax { break }
      }
    } catch {
      logger.debug("error body cut off", metadata: ["agent": "\(name)", "reason": "\(error)"])
    }
    var failure = ChatFailure(status: response.status, body: body, hiding: key)
    failure.retryAfter = response.headers.retryAfter
    return failure
  }

  /// Removes values of headers and of the body, which may be keys, from an endpoint's text.
  private func redactingValues(in text: String) -> String {
    let values = settings.headers.map(\.value) + settings.body.flatMap(\.value.secrets)
    return text.redacting(values.flatMap(\.keyWords))
  }
}
