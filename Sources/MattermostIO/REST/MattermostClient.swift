package import Core
package import Logging
import Tracing
package import Transport

/// A client of Mattermost's REST API, version 4, for a bot.
///
/// The token is sent in the `Authorization` header only. Requests that fail for a temporary reason are sent again a few
/// times. All copies of a client share one rate limiter.
package struct MattermostClient: Sendable {
  let address: WebAddress
  let http: HTTPClient
  let logger: Logger
  /// The server's clock, according to its responses.
  package let clock: ServerClock
  private let token: Secret
  private let localClock: any MonotonicClock
  private let random: any RandomNumberGenerator & Sendable
  private let limiter: APIRateLimiter
  /// Limits the number of files being transferred.
  private let transfers: APIRateLimiter
  private let policy = RetryPolicy()
  private let onAttempt: @Sendable (RequestAttempt) -> Void
  /// Asked right before each request that changes something is sent.
  private var mayChange: @Sendable () -> Bool = { true }
  private var onUnauthorized: @Sendable () -> Void

  /// Creates a client for a bot's token.
  ///
  /// - Parameters:
  ///   - onAttempt: Called after each attempt of a request.
  ///   - onUnauthorized: Called whenever the server does not accept the token.
  package init(
    address: WebAddress, token: Secret, http: HTTPClient, logger: Logger,
    onAttempt: @escaping @Sendable (RequestAttempt) -> Void = { _ in },
    onUnauthorized: @escaping @Sendable () -> Void = {}
  ) {
    self.init(
      address: address, token: token, http: http, logger: logger, clock: .continuous,
      random: SystemRandomNumberGenerator(), onAttempt: onAttempt, onUnauthorized: onUnauthorized)
  }

  init(
    address: WebAddress, token: Secret, http: HTTPClient, logger: Logger, clock: any MonotonicClock,
    random: any RandomNumberGenerator & Sendable,
    onAttempt: @escaping @Sendable (RequestAttempt) -> Void = { _ in },
    onUnauthorized: @escaping @Sendable () -> Void = {}
  ) {
    self.address = address
    self.token = token
    self.http = http
    self.logger = logger
    self.onAttempt = onAttempt
    self.onUnauthorized = onUnauthorized
    self.random = random
    localClock = clock
    limiter = APIRateLimiter(clock: clock)
    transfers = APIRateLimiter(clock: clock, callsMax: Limits.transfersMax)
    self.clock = ServerClock(clock: clock)
  }

  /// The same client, with the same rate limiter, but without `onUnauthorized`.
  package var ignoringUnauthorized: MattermostClient {
    var client = self
    client.onUnauthorized = {}
    return client
  }

  /// The same client, with the same rate limiter, which sends requests that change something only while `mayChange`
  /// returns true.
  package func changing(onlyWhile mayChange: @escaping @Sendable () -> Bool) -> MattermostClient {
    var client = self
    client.mayChange = mayChange
    return client
  }

  // MARK: Requests

  /// Sends a request and decodes the response.
  func value<Value: WireDecodable>(_ type: Value.Type, of request: APIRequest) async throws(MattermostError) -> Value {
    try await send(request).decode(type)
  }

  /// Sends a request and decodes a record that must have an id, because any program can answer with a JSON object.
  func record<Record: WireDecodable>(
    _ type: Record.Type, of request: APIRequest, _ id: KeyPath<Record, String>
  ) async throws(MattermostError) -> Record {
    let response = try await send(request)
    let record = try response.decode(type)
    guard !record[keyPath: id].isEmpty else { throw response.error(.notMattermost) }
    return record
  }

  /// Sends a request, again if the policy allows it, and returns the response of 2xx.
  @discardableResult
  func send(_ request: APIRequest) async throws(MattermostError) -> APIResponse {
    try await send(request) { (stream) async throws(TransportError) in (try await stream.whole(), ()) }.response
  }

  /// Reads a response whose body is either a result of its own, or an error.
  typealias BodyReader<Body: Sendable> =
    @Sendable (HTTPStream) async throws(TransportError) -> (response: HTTPResponse, body: Body)

  /// Sends a request as `send(_:)` does, and reads the body of its response with `read`.
  func send<Body: Sendable>(
    _ request: APIRequest, reading read: @escaping BodyReader<Body>
  ) async throws(MattermostError) -> (response: APIResponse, body: Body) {
    var generator = random
    var attempts = 0
    while true {
      attempts += 1
      do throws(MattermostError) {
        return try await attempt(request, read)
      } catch {
        guard let delay = policy.delay(after: error, of: request.retries, attempts: attempts, using: &generator) else {
          throw error
        }
        logger.debug(
          "trying again",
          metadata: [
            "call": "\(request.endpoint)", "code": "\(error.code.rawValue)", "attempt": "\(attempts)",
            "delay": .stringConvertible(delay),
          ])
        guard delay > .zero else { continue }
        do {
          try await localClock.sleep(for: delay)
        } catch _ {
          throw error
        }
      }
    }
  }

  // MARK: One attempt

  private func attempt<Body: Sendable>(
    _ request: APIRequest, _ read: @escaping BodyReader<Body>
  ) async throws(MattermostError) -> (response: APIResponse, body: Body) {
    guard request.isFileTransfer else { return try await limitedAttempt(request, read) }
    guard await transfers.begin(request.priority) else { throw await refusal(of: request) }
    do throws(MattermostError) {
      let result = try await limitedAttempt(request, read)
      await transfers.end(nil)
      return result
    } catch {
      await transfers.end(nil)
      throw error
    }
  }

  private func limitedAttempt<Body: Sendable>(
    _ request: APIRequest, _ read: @escaping BodyReader<Body>
  ) async throws(MattermostError) -> (response: APIResponse, body: Body) {
    let asked = localClock.now
    guard await limiter.begin(request.priority) else { throw await refusal(of: request) }
    // A transfer that takes minutes must not count as running.
    if request.isFileTransfer { await limiter.end(nil) }
    guard !request.endpoint.changesServer || mayChange() else {
      if !request.isFileTransfer { await limiter.end(nil) }
      throw MattermostError(.notInCharge, .api(request.endpoint), address: address.text)
    }
    let span = Span.current?.call(request.endpoint, at: address)
    defer { span?.end() }
    let start = localClock.now
    let result: (response: HTTPResponse, body: Body)
    do {
      result = try await transmit(request, read)
    } catch {
      span?.fail(error.code.rawValue)
      let error = MattermostError(error, .api(request.endpoint), address: address)
      onAttempt(RequestAttempt(endpoint: request.endpoint, status: nil, wait: start - asked))
      if !request.isFileTransfer { await limiter.end(nil, isOverload: error.suggestsOverload) }
      throw error
    }
    onAttempt(RequestAttempt(endpoint: request.endpoint, status: result.response.status, wait: start - asked))
    let response = APIResponse(response: result.response, operation: .api(request.endpoint), address: address)
    let error = response.error
    span?.set(.status, .int(result.response.status))
    if error != nil { span?.fail("\(result.response.status)") }
    let headers = RateLimitHeaders(result.response)
    if request.isFileTransfer {
      await limiter.record(headers)
    } else {
      clock.record(result.response, sent: start)
      await limiter.end(headers, isOverload: error?.suggestsOverload ?? false)
    }
    if let error {
      if error.code == .unauthorized { onUnauthorized() }
      throw error
    }
    return (response, result.body)
  }

  private func transmit<Body: Sendable>(
    _ request: APIRequest, _ read: @escaping BodyReader<Body>
  ) async throws(TransportError) -> (response: HTTPResponse, body: Body) {
    let httpRequest = httpRequest(for: request)
    guard request.retries == .ifUnprocessed else { return try await read(try await http.stream(httpRequest)) }
    // Not cut short when the caller's task is cancelled: it would be unknown whether the server has processed the
    // request.
    return try await Task(executorPreference: Task.preferredExecutor) {
      [http] () -> Result<(response: HTTPResponse, body: Body), TransportError> in
      do throws(TransportError) {
        return .success(try await read(try await http.stream(httpRequest)))
      } catch {
        return .failure(error)
      }
    }.value.get()
  }

  private func httpRequest(for request: APIRequest) -> HTTPRequest {
    var headers = [("Authorization", "Bearer \(token.exposed)"), ("Accept", "application/json")]
    if request.body != nil { headers.append(("Content-Type", request.contentType)) }
    return HTTPRequest(
      request.endpoint.method, address.api(request.path), headers: headers, body: request.body,
      timeLimit: request.isFileTransfer ? Limits.fileTime : Limits.callTime,
      idleLimit: request.isFileTransfer ? Limits.fileIdleTime : nil, bodyBytesMax: request.responseBytesMax)
  }

  /// Returns the error of a request that the rate limiter did not let start.
  private func refusal(of request: APIRequest) async -> MattermostError {
    if Task.isCancelled { return MattermostError(TransportError(.cancelled), .api(request.endpoint), address: address) }
    var error = MattermostError(.tooManyRequests, .api(request.endpoint), address: address.text)
    error.retryAfter = await limiter.wait
    return error
  }
}
