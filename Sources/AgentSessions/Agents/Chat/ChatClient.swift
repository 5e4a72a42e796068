import Core
import Logging
import RuleEngine
import Transport

/// One question to an endpoint over HTTP, and its answer as it comes.
///
/// Ending the consumer of an answer closes its connection at once, so that the endpoint stops working on it.
struct ChatClient: Sendable {
  /// The agent's name in the rules file.
  let name: String
  let settings: ChatSettings
  let client: HTTPClient
  let logger: Logger

  /// Sends what `build` makes of the question and reads what comes with `Answer`. The stream throws `AgentFailure`.
  func answer<Answer: ChatEventReader>(
    as reader: Answer.Type, to question: AgentRequest, _ build: @escaping @Sendable (ChatTranscript) -> HTTPRequest
  ) -> AsyncThrowingStream<ResponsePart, any Error> {
    .answer(of: name) { parts in
      let talk = await ChatTranscript(question, logger: logger)
      do {
        try await converse(build(talk), as: reader, to: parts)
      } catch let fault as ChatFailure {
        let detail = talk.redactingTranscript(in: hidingValues(in: fault.detail))
        throw AgentFailure(fault.code, agent: name, detail: detail, retryAfter: fault.retryAfter)
      }
    }
  }

  /// A request to a path below the endpoint's address, with the rules file's own headers behind these.
  func request(to path: String, headers: [(String, String)], body: [UInt8]) -> HTTPRequest {
    let common = [("Content-Type", "application/json"), ("Accept", "text/event-stream, application/json")]
    return HTTPRequest(
      "POST", settings.baseURL.appending(path: path),
      headers: common + headers + settings.headers.map { ($0.name, $0.value.exposed) }, body: .bytes(body),
      timeLimit: nil, bodyBytesMax: Limits.exchangeBytesMax)
  }

  /// What an endpoint quotes may be the value of a header, or of the body.
  private func hidingValues(in text: String) -> String {
    let values = settings.headers.map(\.value) + settings.body.flatMap(\.value.secrets)
    let words = values.flatMap { $0.exposed.split(separator: " ") }
    return text.redacting(words.filter { $0.count >= Self.secretLengthMin }.map(String.init))
  }

  /// Shorter words are no keys.
  private static let secretLengthMin = 8

  /// The key, where there is one: `${OPENAI_API_KEY:-}` leaves it empty where none is needed.
  var key: String? {
    guard let key = settings.apiKey?.exposed, !key.isEmpty else { return nil }
    return key
  }

  private func converse<Answer: ChatEventReader>(
    _ request: HTTPRequest, as reader: Answer.Type, to parts: AsyncThrowingStream<ResponsePart, any Error>.Continuation
  ) async throws {
    let response: HTTPStream
    do {
      response = try await client.stream(request)
    } catch {
      throw ChatFailure(error, hasBegun: false)
    }
    guard response.status == 200 else { throw await refusal(response) }
    parts.yield(.alive)
    var body = try ChatBodyParser<Answer>(
      contentType: response.headers["Content-Type"], reasoning: settings.reasoning, hiding: key)
    do {
      for try await bytes in response {
        let more = try body.take(bytes)
        // What says nothing, as a model's thinking or a comment, still says that somebody is there.
        for part in more.isEmpty ? [.alive] : more { parts.yield(priced(part)) }
        if body.isDone { break }
      }
    } catch let error as TransportError {
      throw ChatFailure(error, hasBegun: true)
    }
    for part in try body.end() { parts.yield(priced(part)) }
    logger.debug("answer read", metadata: ["agent": "\(name)"])
  }

  private func priced(_ part: ResponsePart) -> ResponsePart {
    guard case .usage(var usage) = part else { return part }
    usage.cost = settings.price?.cost(of: usage)
    return .usage(usage)
  }

  /// Why the endpoint turned the request down, from its status and body.
  private func refusal(_ response: HTTPStream) async -> ChatFailure {
    var body: [UInt8] = []
    do {
      for try await bytes in response {
        body += bytes
        if body.count >= Limits.errorBodyBytesMax { break }
      }
    } catch {
      logger.debug("error body cut off", metadata: ["agent": "\(name)", "reason": "\(error)"])
    }
    var fault = ChatFailure(status: response.status, body: body, hiding: key)
    fault.retryAfter = response.headers.retryAfter
    return fault
  }
}

extension String {
  /// This address with a path behind its own, before the query that it may have.
  fileprivate func appending(path: String) -> String {
    let end = firstIndex(of: "?") ?? endIndex
    return "\(self[..<end])/\(path)\(self[end...])"
  }
}
