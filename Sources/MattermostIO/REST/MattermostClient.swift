package import Core
package import Logging
package import Transport

/// Mattermost's REST API, version 4, as a bot uses it.
///
/// The token goes into the `Authorization` header and nowhere else. A call that failed for a passing reason is tried
/// again a few times. All copies of a client share what the server lets them call.
package struct MattermostClient: Sendable {
  let address: WebAddress
  private let token: Secret
  let http: HTTPClient
  let logger: Logger
  private let time: TimeAndChance
  private let budget: APIRateLimiter
  /// Bounds how many files are on their way.
  private let transfers: APIRateLimiter
  private let policy = RetryPolicy()
  /// The server's clock, as its answers tell it.
  package let clock: ServerClock
  private var onUnauthorized: @Sendable () -> Void

  /// A client for a bot's token.
  ///
  /// - Parameter onUnauthorized: is called whenever the server does not accept the token.
  package init(
    address: WebAddress, token: Secret, http: HTTPClient, logger: Logger,
    onUnauthorized: @escaping @Sendable () -> Void = {}
  ) {
    self.init(
      address: address, token: token, http: http, logger: logger, time: .system, onUnauthorized: onUnauthorized)
  }

  init(
    address: WebAddress, token: Secret, http: HTTPClient, logger: Logger, time: TimeAndChance,
    onUnauthorized: @escaping @Sendable () -> Void = {}
  ) {
    self.address = address
    self.token = token
    self.http = http
    self.logger = logger
    self.time = time
    self.onUnauthorized = onUnauthorized
    budget = APIRateLimiter(time: time)
    clock = ServerClock(time: time)
    transfers = APIRateLimiter(time: time, callsMax: Limits.transfersMax)
  }

  /// The same client, with the same budget of calls, that calls nobody when the token is not accepted.
  package var ignoringUnauthorized: MattermostClient {
    var client = self
    client.onUnauthorized = {}
    return client
  }

  /// Reads a response that is good or an error.
  typealias Reading = @Sendable (HTTPStream) async throws(TransportError) -> HTTPResponse

  /// Carries out a call, again if need be, and gives the first good answer.
  func answer(
    to call: APIRequest,
    reading: @escaping Reading = { (stream) async throws(TransportError) in try await stream.whole() }
  ) async throws(MattermostError) -> APIResponse {
    var attempts = 0
    while true {
      attempts += 1
      do throws(MattermostError) {
        return try await attempt(call, reading)
      } catch {
        guard
          let delay = policy.delay(after: error, of: call.repetition, attempts: attempts, random: time.random())
        else { throw error }
        logger.debug(
          "trying again",
          metadata: [
            "call": "\(call.method) \(call.route)", "code": "\(error.code.rawValue)", "attempt": "\(attempts)",
            "delay": .stringConvertible(delay),
          ])
        // After a refusal for the rate, the budget waits.
        guard delay > .zero else { continue }
        do {
          try await time.sleep(delay)
        } catch _ {
          throw error
        }
      }
    }
  }

  private func attempt(_ call: APIRequest, _ reading: @escaping Reading) async throws(MattermostError) -> APIResponse {
    guard call.isTransfer else { return try await attemptAtOnce(call, reading) }
    guard await transfers.begin(call.priority) else { throw await refusal(call.place) }
    do throws(MattermostError) {
      let answer = try await attemptAtOnce(call, reading)
      await transfers.end(nil)
      return answer
    } catch {
      await transfers.end(nil)
      throw error
    }
  }

  private func attemptAtOnce(_ call: APIRequest, _ reading: @escaping Reading) async throws(MattermostError)
    -> APIResponse
  {
    var headers = [("Authorization", "Bearer \(token.exposed)"), ("Accept", "application/json")]
    if call.body != nil { headers.append(("Content-Type", call.contentType)) }
    let request = HTTPRequest(
      call.method, address.api(call.path), headers: headers, body: call.body, timeLimit: call.timeLimit,
      idleLimit: call.idleLimit, bodyBytesMax: call.answerBytesMax)
    guard await budget.begin(call.priority) else { throw await refusal(call.place) }
    if call.isTransfer { await budget.end(nil) }
    let response: HTTPResponse
    let sent = time.now()
    do {
      response = try await send(request, toTheEnd: call.repetition == .untaken, reading)
    } catch {
      let error = MattermostError(error, call.place, address: address)
      if !call.isTransfer { await budget.end(nil, isOverload: error.suggestsOverload) }
      throw error
    }
    // A file's answer takes as long as the file.
    if !call.isTransfer { clock.note(response, sent: sent) }
    let facts = RateLimitHeaders(response)
    let answer = APIResponse(response: response, place: call.place, address: address)
    let error = answer.error
    if call.isTransfer {
      await budget.tell(facts)
    } else {
      await budget.end(facts, isOverload: error?.suggestsOverload ?? false)
    }
    if let error {
      if error.code == .unauthorized { onUnauthorized() }
      throw error
    }
    return answer
  }

  /// Sends a request. One `toTheEnd` is not cut short when the task is cancelled: nobody would know whether it was taken.
  private func send(
    _ request: HTTPRequest, toTheEnd: Bool, _ reading: @escaping Reading
  ) async throws(TransportError) -> HTTPResponse {
    guard toTheEnd else { return try await reading(try await http.stream(request)) }
    return try await Task { [http] () -> Result<HTTPResponse, TransportError> in
      do throws(TransportError) {
        return .success(try await reading(try await http.stream(request)))
      } catch {
        return .failure(error)
      }
    }.value.get()
  }

  /// Why a call was not made: nobody waits for it any more, or the server would have refused it.
  private func refusal(_ place: MattermostError.Place) async -> MattermostError {
    if Task.isCancelled { return MattermostError(TransportError(.cancelled), place, address: address) }
    var error = MattermostError(.tooManyRequests, place, address: address.text)
    error.retryAfter = await budget.wait
    return error
  }

  /// Carries out a call and reads the answer.
  func value<Value: Decodable>(_ type: Value.Type, of call: APIRequest) async throws(MattermostError) -> Value {
    try await answer(to: call).value(type)
  }
}
