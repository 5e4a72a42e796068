import FoundationEssentials
public import Logging
public import RuleEngine
public import Transport
import Vocabulary

/// Any endpoint that speaks OpenAI's `POST /chat/completions`, streamed.
///
/// Ending the consumer of an answer closes its connection at once, so that the endpoint stops working on it.
public struct OpenAIAgent: Agent {
  /// A model that has no tools does nothing but answer.
  public let isRepeatable = true

  private let name: String
  private let settings: OpenAISettings
  private let client: HTTPClient
  private let times: ChatTimes
  private let logger: Logger

  /// Makes an agent that goes by `name`, as the rules file calls it.
  public init(name: String, settings: OpenAISettings, client: HTTPClient, logger: Logger) {
    self.init(name: name, settings: settings, client: client, times: ChatTimes(), logger: logger)
  }

  init(name: String, settings: OpenAISettings, client: HTTPClient, times: ChatTimes, logger: Logger) {
    self.name = name
    self.settings = settings
    self.client = client
    self.times = times
    self.logger = logger
  }

  /// Asks the endpoint. The stream throws `AgentFailure`.
  public func answer(_ request: AgentRequest) -> AsyncThrowingStream<AgentPart, any Error> {
    AsyncThrowingStream { parts in
      let task = Task {
        do {
          try await converse(request, to: parts)
          parts.finish()
        } catch let fault as ChatFault {
          parts.finish(throwing: AgentFailure(fault.code, agent: name, detail: fault.detail))
        } catch {
          parts.finish(throwing: AgentFailure(.other, agent: name, detail: "\(type(of: error))"))
        }
      }
      parts.onTermination = { _ in task.cancel() }
    }
  }

  private func converse(
    _ request: AgentRequest, to parts: AsyncThrowingStream<AgentPart, any Error>.Continuation
  ) async throws {
    let response = try await begin(try httpRequest(for: request))
    guard response.status == 200 else { throw await refusal(response) }
    var reader = try ChatBody(contentType: response.headers["Content-Type"], hiding: key)
    do {
      for try await bytes in response {
        for part in try reader.take(bytes) { parts.yield(part) }
        if reader.isDone { break }
      }
    } catch let error as TransportError {
      throw ChatFault(error, hasBegun: true)
    }
    for part in try reader.end() { parts.yield(part) }
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

  private func httpRequest(for request: AgentRequest) throws -> HTTPRequest {
    var headers = [("Content-Type", "application/json"), ("Accept", "text/event-stream, application/json")]
    if let key { headers.append(("Authorization", "Bearer \(key)")) }
    let body = try JSONEncoder().encode(ChatRequest(request, settings: settings))
    return HTTPRequest(
      "POST", "\(settings.baseURL)/chat/completions", headers: headers, body: .bytes(Array(body)),
      timeLimit: times.answer,
      idleLimit: times.idle, bodyBytesMax: Limits.exchangeBytesMax)
  }

  /// The key, where there is one: `${OPENAI_API_KEY:-}` leaves it empty where none is needed.
  private var key: String? {
    guard let key = settings.apiKey?.exposed, !key.isEmpty else { return nil }
    return key
  }
}

/// How long the parts of an exchange with an endpoint may take.
struct ChatTimes {
  var firstByte = Limits.firstByteTime
  var idle = Limits.idleTime
  var answer = Limits.answerTime
}
