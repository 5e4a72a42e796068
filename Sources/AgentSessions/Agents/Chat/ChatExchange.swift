import Logging
import RuleEngine
import Transport
import Vocabulary

/// One question to an endpoint over HTTP, and its answer as it comes.
///
/// Ending the consumer of an answer closes its connection at once, so that the endpoint stops working on it.
struct ChatExchange: Sendable {
  /// The agent's name in the rules file.
  let name: String
  let settings: ChatSettings
  let client: HTTPClient
  let times: ChatTimes
  let logger: Logger

  /// Sends what `request` makes and reads what comes with `Answer`. The stream throws `AgentFailure`.
  func answer<Answer: AnswerReader>(
    as reader: Answer.Type, to request: @escaping @Sendable () async throws -> HTTPRequest
  ) -> AsyncThrowingStream<AgentPart, any Error> {
    AsyncThrowingStream { (parts: AsyncThrowingStream<AgentPart, any Error>.Continuation) in
      let task = Task {
        do {
          try await converse(try await request(), as: reader, to: parts)
          parts.finish()
        } catch let fault as ChatFault {
          parts.finish(throwing: AgentFailure(fault.code, agent: name, detail: hidingHeaders(in: fault.detail)))
        } catch let failure as AgentFailure {
          parts.finish(throwing: failure)
        } catch {
          parts.finish(throwing: AgentFailure(.other, agent: name, detail: "\(type(of: error))"))
        }
      }
      parts.onTermination = { _ in task.cancel() }
    }
  }

  /// A request to a path below the endpoint's address, with the rules file's own headers behind these.
  func request(to path: String, headers: [(String, String)], body: [UInt8]) -> HTTPRequest {
    let common = [("Content-Type", "application/json"), ("Accept", "text/event-stream, application/json")]
    return HTTPRequest(
      "POST", "\(settings.baseURL)/\(path)",
      headers: common + headers + settings.headers.map { ($0.name, $0.value.exposed) }, body: .bytes(body),
      timeLimit: times.answer, idleLimit: times.idle, bodyBytesMax: Limits.exchangeBytesMax)
  }

  /// What an endpoint quotes may be the value of a header.
  private func hidingHeaders(in text: String) -> String {
    let words = settings.headers.flatMap { $0.value.exposed.split(separator: " ") }
    return text.hiding(words.filter { $0.count >= Self.secretLengthMin }.map(String.init))
  }

  /// Shorter words are no keys.
  private static let secretLengthMin = 8

  /// The key, where there is one: `${OPENAI_API_KEY:-}` leaves it empty where none is needed.
  var key: String? {
    guard let key = settings.apiKey?.exposed, !key.isEmpty else { return nil }
    return key
  }

  private func converse<Answer: AnswerReader>(
    _ request: HTTPRequest, as reader: Answer.Type, to parts: AsyncThrowingStream<AgentPart, any Error>.Continuation
  ) async throws {
    let response = try await begin(request)
    guard response.status == 200 else { throw await refusal(response) }
    var body = try ChatBody<Answer>(contentType: response.headers["Content-Type"], hiding: key)
    do {
      for try await bytes in response {
        for part in try body.take(bytes) { parts.yield(part) }
        if body.isDone { break }
      }
    } catch let error as TransportError {
      throw ChatFault(error, hasBegun: true)
    }
    for part in try body.end() { parts.yield(part) }
    logger.debug("answer read", metadata: ["agent": "\(name)"])
  }

  /// Sends the request and waits for the response's head, at most for `times.firstByte`.
  private func begin(_ request: HTTPRequest) async throws -> HTTPStream {
    try await withThrowingTaskGroup(of: HTTPStream?.self) { group in
      defer { group.cancelAll() }
      group.addTask { try await client.stream(request) }
      group.addTask {
        try await Task.sleep(for: times.firstByte)
        return nil
      }
      do {
        guard let first = try await group.next(), let stream = first else {
          throw ChatFault(code: .silent, detail: "no response within \(times.firstByte)")
        }
        return stream
      } catch let error as TransportError {
        throw ChatFault(error, hasBegun: false)
      }
    }
  }

  /// Why the endpoint turned the request down, from its status and body.
  private func refusal(_ response: HTTPStream) async -> ChatFault {
    var body: [UInt8] = []
    do {
      for try await bytes in response {
        body += bytes
        if body.count >= Limits.errorBodyBytesMax { break }
      }
    } catch {
      logger.debug("error body cut off", metadata: ["agent": "\(name)", "reason": "\(error)"])
    }
    return ChatFault(status: response.status, body: body, hiding: key)
  }
}

/// How long the parts of an exchange with an endpoint may take.
struct ChatTimes {
  var firstByte = Limits.firstByteTime
  var idle = Limits.idleTime
  var answer = Limits.answerTime
}
